import type { KeptRun, Status } from "../contract/status.ts";
import type { Connection } from "./connection.ts";
import { Fault } from "./fault.ts";
import { noServer } from "./missingServer.ts";

/** Runs on the volume, and the status of the one that the server works on. */
export interface KeptRuns {
  readonly runs: readonly KeptRun[];
  readonly status: Status;
}

/**
 * Reads the runs on the volume.
 * @throws Fault when no pod of the server runs
 */
export async function keptRuns({ status: client, federation }: Connection): Promise<KeptRuns> {
  const [status, runs] = await Promise.all([client.read(), client.runs()]);
  if (status === null || runs === null) throw await noServer(federation);
  return { runs, status };
}

/**
 * Finds a run by the beginning of its id; undefined: the one that the server works on.
 * @throws Fault when there is none, or there are several
 */
export function chosen({ runs, status }: KeptRuns, wanted: string | undefined): KeptRun {
  const id = wanted ?? status.run;
  const found = runs.filter((run) => run.id.startsWith(id));
  const [only] = found.length > 1 ? found.filter((run) => run.id === id) : found;
  if (only !== undefined) return only;
  const which = (found.length > 0 ? found : runs).map((run) => run.id).join(", ");
  const what =
    found.length > 0 ? `${id} begins the ids of several runs` : `run ${id} is not on the volume`;
  throw new Fault("failed", what, which === "" ? "there is none yet" : `there are: ${which}`);
}

/** Tells whether a run still goes on. */
export function isLive({ status }: KeptRuns, { id }: KeptRun): boolean {
  return status.run === id && (status.state === "waiting" || status.state === "running");
}
