import { readFile } from "node:fs/promises";
import { join } from "node:path";

import type { RoundLine } from "../../contract/phase.ts";
import type { RunRecord } from "../../contract/record.ts";
import type { ModelResult, Status } from "../../contract/status.ts";
import { jsonLines } from "../results/csv.ts";
import type { ListedFile } from "../results/fileSource.ts";
import { manifestIn } from "../results/manifest.ts";
import type { RunEvent } from "../verbs/events.ts";

/** Everything of a run that its page shows. */
export interface PageRun {
  readonly run: string;
  /** State of the run, as `runs` has it, or the status while it goes on. */
  readonly state: string;
  /** Status while the run goes on; null when it has ended or is only known by its files. */
  readonly status: Status | null;
  /** Null when an older version made the run. */
  readonly record: RunRecord | null;
  /** Null while it is not completed. */
  readonly result: ModelResult | null;
  /** Why it is not completed; null otherwise. */
  readonly reason: string | null;
  readonly rounds: readonly RoundLine[];
  /** Round in which it has failed or was interrupted; null when there is none, or it is not known. */
  readonly broken: RoundLine | null;
  /** Record of each client's data, by partition. */
  readonly partitions: Readonly<Record<string, unknown>>;
  readonly events: readonly RunEvent[];
  /** Files with their digests; none while the run goes on. */
  readonly files: readonly ListedFile[];
}

/** Digest of a run's model; null when it has none. A run that was stopped has a model and no result. */
export function modelSha256({ result, files }: Pick<PageRun, "result" | "files">): string | null {
  const file = files.find(({ path }) => path === "model.safetensors");
  return result?.modelSha256 ?? file?.sha256 ?? null;
}

/** Reads a small file of a run; null when there is none. */
export type ReadFile = (path: string) => Promise<string | null>;

/** Facts about a run beside its files. */
export interface Known {
  readonly run: string;
  readonly state: string;
  readonly files: readonly ListedFile[];
  readonly status?: Status;
}

/** Reads a run's files; a damaged one counts as missing. */
export async function pageRun(known: Known, read: ReadFile): Promise<PageRun> {
  const [record, result, failed, brokenRound, metrics, partitions, events] = await Promise.all(
    [
      "run.json",
      "result.json",
      "failed.json",
      "failed-round.json",
      "metrics.jsonl",
      "partitions.json",
      "events.jsonl",
    ].map(read),
  );
  const rounds = jsonLines<Partial<RoundLine>>(metrics ?? "").map(whole);
  const broken = parsed<Partial<RoundLine>>(brokenRound);
  const reason = parsed<{ reason?: string }>(failed)?.reason ?? known.status?.reason ?? null;
  return {
    run: known.run,
    state: known.state,
    status: known.status ?? null,
    record: parsed<RunRecord>(record),
    result: parsed<ModelResult>(result),
    reason: result === null ? reason : null,
    rounds,
    broken: broken === null ? null : whole(broken, rounds.length),
    partitions: parsed<Record<string, unknown>>(partitions) ?? {},
    events: jsonLines<RunEvent>(events ?? ""),
    files: known.files,
  };
}

/**
 * Reads a run from a folder of results.
 * @throws Fault when it is none
 */
export async function pageRunOfFolder(folder: string): Promise<PageRun> {
  return pageRun(await manifestIn(folder), filesOf(folder));
}

/** Reads the files of a folder. */
export function filesOf(folder: string): ReadFile {
  return (path) => readFile(join(folder, path), "utf8").catch(() => null);
}

/** Fills in what lines of older versions lack. */
function whole(line: Partial<RoundLine>, at: number): RoundLine {
  const { round = at + 1, seconds = 0, loss = null, accuracy = null } = line;
  const { replies = [], failures = [], clients = {} } = line;
  return { ...line, round, seconds, loss, accuracy, replies, failures, clients };
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
