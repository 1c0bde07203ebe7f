import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import type { RunRecord } from "../../contract/record.ts";
import type { ModelResult, Round } from "../../contract/status.ts";
import { Fault } from "../fault.ts";
import { jsonLines } from "../results/csv.ts";
import type { FileSource, ListedFile } from "../results/fileSource.ts";
import { manifestIn } from "../results/manifest.ts";
import { readText } from "../results/readText.ts";

/** Everything of a run that is compared. */
export interface RunView {
  readonly run: string;
  /** Folder of results, or `volume`. */
  readonly from: string;
  /** Null when an older version made the run. */
  readonly record: RunRecord | null;
  /** Null while it is not completed. */
  readonly result: ModelResult | null;
  readonly rounds: readonly Round[];
  /** Record of each client's data, by partition. */
  readonly partitions: Readonly<Record<string, unknown>>;
  readonly files: readonly ListedFile[];
}

type Read = (path: string) => Promise<string | null>;

/** Tells whether a text names a folder of this machine. */
export async function isFolder(text: string): Promise<boolean> {
  return stat(text).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/**
 * Reads a run from a folder of results.
 * @throws Fault when it is none
 */
export async function viewOfFolder(folder: string): Promise<RunView> {
  const manifest = await manifestIn(folder);
  const { run, files } = manifest;
  const text: Read = (path) => readFile(join(folder, path), "utf8").catch(() => null);
  return view(run, folder, files, text);
}

/**
 * Reads a run from the server's volume.
 * @throws Fault when it is not there
 */
export async function viewOfRun(source: FileSource, run: string): Promise<RunView> {
  const listing = await source.list(run);
  if (listing === null) {
    throw new Fault("failed", `run ${run} is not on the volume`, "see `kubeflower runs`");
  }
  return view(run, "volume", listing.files, (path) => readText(source, run, path));
}

async function view(
  run: string,
  from: string,
  files: readonly ListedFile[],
  read: Read,
): Promise<RunView> {
  const [record, result, metrics, partitions] = await Promise.all(
    ["run.json", "result.json", "metrics.jsonl", "partitions.json"].map(read),
  );
  return {
    run,
    from,
    record: parsed<RunRecord>(record),
    result: parsed<ModelResult>(result),
    rounds: jsonLines<Round>(metrics ?? ""),
    partitions: parsed<Record<string, unknown>>(partitions) ?? {},
    files,
  };
}

/** Value of a JSON text; null when there is none, or it is damaged. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as JSON.parse is used
function parsed<T>(text: string | null | undefined): T | null {
  try {
    return JSON.parse(text ?? "null") as T | null;
  } catch {
    return null;
  }
}
