import { stat } from "node:fs/promises";

import { Fault } from "../fault.ts";
import { pageRun, pageRunOfFolder, type PageRun } from "../page/pageRun.ts";
import type { FileSource } from "../results/fileSource.ts";
import { readText } from "../results/readText.ts";

/** Part of a run's page that is compared. */
type Compared = "run" | "state" | "record" | "result" | "rounds" | "partitions" | "files";

/** Everything of a run that is compared. */
export interface RunView extends Pick<PageRun, Compared> {
  /** Folder of results, or `volume`. */
  readonly from: string;
}

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
  return { ...(await pageRunOfFolder(folder)), from: folder };
}

/**
 * Reads a run from the server's volume.
 * @throws Fault when it is not there
 */
export async function viewOfRun(source: FileSource, run: string, state: string): Promise<RunView> {
  const listing = await source.list(run);
  if (listing === null) {
    throw new Fault("failed", `run ${run} is not on the volume`, "see `kubeflower runs`");
  }
  const known = { run, state, files: listing.files };
  return { ...(await pageRun(known, (path) => readText(source, run, path))), from: "volume" };
}
