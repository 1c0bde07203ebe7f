import { oneLine } from "../../kube/oneLine.ts";
import type { Cause } from "./cause.ts";
import { lastSeen } from "./event.ts";
import type { ContainerStatus, Pod } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds for which the end of a container by its probe counts: a probe takes its time each time. */
const FORGOTTEN = 120;

/**
 * Finds a container that the kubelet ends as its liveness or startup probe fails, or null. Between
 * two ends it runs, and may even be ready.
 */
export function probeFault(
  snapshot: Snapshot,
  { metadata }: Pod,
  { name, state, restartCount }: ContainerStatus,
): Cause | null {
  const ends = new RegExp(`^Container ${name} failed (liveness|startup) probe`, "i");
  const killed = snapshot
    .eventsOf(metadata, "Killing")
    .findLast(({ message = "" }) => ends.test(message));
  if (killed === undefined || snapshot.secondsSince(lastSeen(killed)) > FORGOTTEN) return null;
  const [, probe = ""] = ends.exec(killed.message ?? "") ?? [];
  const words = new RegExp(`^${probe} probe`, "i");
  const failed = snapshot
    .eventsOf(metadata, "Unhealthy")
    .findLast(({ message = "" }) => words.test(message));
  const why = oneLine(failed?.message ?? killed.message ?? "");
  return {
    text: `container ${name} of pod ${metadata.name} is ended by its node as it does not answer: ${why} — see its log: kubectl -n ${snapshot.objects.namespace} logs ${metadata.name} -c ${name} --previous; or, where somebody has changed that probe: pulumi up --refresh`,
    lasts: state?.waiting?.reason === "CrashLoopBackOff" && restartCount >= 2,
  };
}
