import { cause, type Cause } from "./cause.ts";
import { connectionRemedy } from "./connectionRemedy.ts";
import { condition, isReady, isServer, type Pod } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds for which a client may try: a server that starts is not there yet. */
const GRACE = 120;
/** Seconds within which each client has tried to reach a new server. */
const TRYING = 10;
/** Finds a client that runs and does not reach the server, and repeats what it says; or null. */
export function connectionFault(snapshot: Snapshot, pod: Pod): Cause | null {
  const { name } = pod.metadata;
  const said = snapshot.objects.complaints[name];
  if (isServer(pod) || said === undefined || isReady(pod)) return null;
  if (!isServerReadyFor(snapshot, TRYING)) return null;
  const since = condition(pod, "Ready")?.lastTransitionTime ?? pod.status?.startTime;
  return cause(
    `client pod ${name} runs, and is not connected to the server: ${said} — ${connectionRemedy(said, snapshot)}`,
    snapshot.secondsSince(since),
    GRACE,
  );
}

/**
 * Tells whether the server has been ready for so long that clients have tried again: one that starts,
 * as for each run, is reached a little later, and one that is not ready has a cause of its own.
 */
export function isServerReadyFor(snapshot: Snapshot, seconds: number): boolean {
  return snapshot
    .currentPods()
    .filter((pod) => isServer(pod) && isReady(pod))
    .some((pod) => {
      const since = condition(pod, "Ready")?.lastTransitionTime;
      return since === undefined || snapshot.secondsSince(since) >= seconds;
    });
}
