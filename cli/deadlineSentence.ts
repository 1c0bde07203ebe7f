import { NAMES } from "../contract/names.ts";
import type { Status } from "../contract/status.ts";
import { oneLine } from "../kube/oneLine.ts";
import { WITHOUT_API, WITHOUT_PROGRESS, type Deadline } from "./deadlines.ts";
import { waitingForClients } from "./diagnosis/waiting.ts";
import type { FollowRequest } from "./followRequest.ts";

/** Facts about a run that a follower gives up. */
export interface Seen {
  /** Last status of the run; null when its server was never reached. */
  readonly status: Status | null;
  /** Cause that holds the run up, in one sentence with its remedy; null when nothing is known. */
  readonly cause: string | null;
  /** Last line that said what the run waits for; null when there was none. */
  readonly waiting: string | null;
  /** Why the last look gave no status of the run; null when it did. */
  readonly problem: string | null;
}

/** Tells which deadline has passed, how far the run is, and the command to go on with: one sentence. */
export function deadlineSentence(deadline: Deadline, request: FollowRequest, seen: Seen): string {
  switch (deadline) {
    case "api":
      return `the cluster of context ${request.context} has not answered for ${WITHOUT_API} s (${shortened(seen.problem)}) — check that it is up; the run goes on — then run \`pulumi up\` again`;
    case "progress":
      return noProgress(request, seen);
    case "timeout":
      return `run ${request.run} is not completed after ${request.timeout} s (${describe(seen)}) — the run goes on: \`pulumi up\` follows it again — or raise \`timeout\``;
  }
}

function noProgress({ run, namespace }: FollowRequest, seen: Seen): string {
  if (seen.cause !== null) {
    return `run ${run} made no progress for ${WITHOUT_PROGRESS} s: ${seen.cause}`;
  }
  const pod = seen.status?.state === "waiting" ? `${NAMES.client}-0` : `deploy/${NAMES.server}`;
  return `run ${run} made no progress for ${WITHOUT_PROGRESS} s: ${obstacle(seen)} — see \`kubectl -n ${namespace} logs ${pod}\` — then run \`pulumi up\` again`;
}

/** Says for what the run waits, and why its status is not known; a run that waits for clients has one. */
function obstacle({ status, waiting, problem }: Seen): string {
  if (waiting === null) return shortened(problem);
  if (problem === null || status?.state === "waiting") return waiting;
  return `${waiting} (${shortened(problem)})`;
}

function describe({ status, problem }: Seen): string {
  if (status === null) return shortened(problem);
  if (status.state === "waiting") return waitingForClients(status, null).text;
  return `${status.state}, ${status.history.length} of ${status.rounds} rounds done`;
}

function shortened(problem: string | null): string {
  return oneLine(problem ?? "", 500);
}
