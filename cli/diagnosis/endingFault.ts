import { oneLine } from "../../kube/oneLine.ts";
import { cause, type Cause } from "./cause.ts";
import { nodeFault } from "./nodeFault.ts";
import { isTerminating, type Pod } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds by which a pod may end later than it should: its volumes are taken off, too. */
const LATE = 8;
/** Seconds after which waiting will not mend it. */
const GRACE = 60;

/**
 * Finds a pod that should have ended, and what keeps it; or null. The next pod of its name, or of the
 * server, waits for its end.
 */
export function endingFault(snapshot: Snapshot): Cause | null {
  const [late] = snapshot.objects.pods
    .filter((pod) => isTerminating(pod) && lateness(snapshot, pod) >= LATE)
    .sort((a, b) => lateness(snapshot, b) - lateness(snapshot, a));
  if (late === undefined) return null;
  return (
    nodeFault(snapshot, late) ?? cause(sentence(snapshot, late), lateness(snapshot, late), GRACE)
  );
}

/** Seconds since the time by which the pod should have been gone. */
function lateness(snapshot: Snapshot, { metadata }: Pod): number {
  return snapshot.secondsSince(metadata.deletionTimestamp);
}

function sentence(snapshot: Snapshot, { metadata, spec }: Pod): string {
  const { name, finalizers = [] } = metadata;
  const pod = `kubectl -n ${snapshot.objects.namespace}`;
  const [finalizer] = finalizers;
  if (finalizer !== undefined) {
    return `pod ${name} does not end: finalizer ${finalizer} keeps it — whoever has set that takes it off, see: ${pod} get pod ${name} -o jsonpath={.metadata.finalizers}`;
  }
  const failed = snapshot.eventsOf(metadata, "FailedKillPod", "ExceededGracePeriod").at(-1);
  const why = failed === undefined ? "" : `: ${oneLine(failed.message ?? "")}`;
  return `pod ${name} does not end on node ${spec.nodeName ?? "?"}${why} — a new pod waits for that — where nothing of it runs any more: ${pod} delete pod ${name} --force`;
}
