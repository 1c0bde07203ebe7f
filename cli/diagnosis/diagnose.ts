import { absenceFault } from "./absenceFault.ts";
import { admissionFault } from "./admissionFault.ts";
import { foremost, type Cause } from "./cause.ts";
import { claimFault } from "./claimFault.ts";
import { conditionFault } from "./conditionFault.ts";
import { connectionFault } from "./connectionFault.ts";
import { controllerFault } from "./controllerFault.ts";
import { endingFault } from "./endingFault.ts";
import { namespaceFault } from "./namespaceFault.ts";
import { nodeFault } from "./nodeFault.ts";
import { isServer, isTerminating, type Pod } from "./objects.ts";
import { podFault } from "./podFault.ts";
import { rejectionFault } from "./rejectionFault.ts";
import { schedulingFault } from "./schedulingFault.ts";
import { serviceFault } from "./serviceFault.ts";
import type { Snapshot } from "./snapshot.ts";
import { statefulSetFault } from "./statefulSetFault.ts";
import { storageFault } from "./storageFault.ts";
import { unreadyFault } from "./unreadyFault.ts";
import { warningFault } from "./warningFault.ts";

/**
 * Finds what keeps a run from starting or going on; null when nothing does. A cause that lasts comes
 * first: it will not go away by itself.
 *
 * Causes come before their effects: a pod waits for its volume, not the volume for its pod. Faults of
 * single clients count when too few clients are left for the run. What no rule knows is told in
 * Kubernetes' own words.
 * @param running whether the run has started: then it may need fewer clients
 */
export function diagnose(snapshot: Snapshot, running = false): Cause | null {
  return foremost([
    namespaceFault(snapshot),
    absenceFault(snapshot, running),
    serviceFault(snapshot),
    statefulSetFault(snapshot),
    admissionFault(snapshot) ?? controllerFault(snapshot),
    storageFault(snapshot),
    claimFault(snapshot),
    serverFault(snapshot),
    clientsFault(snapshot, running),
    endingFault(snapshot),
    warningFault(snapshot),
    unreadyFault(snapshot),
  ]);
}

/** A server pod on a dead node never ends, and its volume waits for it: terminating pods count. */
function serverFault(snapshot: Snapshot): Cause | null {
  const terminating = snapshot.objects.pods.filter(isTerminating);
  const pods = [...snapshot.currentPods(), ...terminating].filter(isServer);
  return foremost([...pods.map((pod) => faultOf(snapshot, pod)), rejectionFault(snapshot)]);
}

function clientsFault(snapshot: Snapshot, running: boolean): Cause | null {
  const faults = snapshot
    .currentPods()
    .filter((pod) => !isServer(pod))
    .map((pod) => faultOf(snapshot, pod))
    .filter((fault) => fault !== null);
  const lasting = faults.filter(({ lasts }) => lasts);
  const tooFewAreLeft = ({ length }: readonly Cause[]): boolean =>
    snapshot.replicas - length < snapshot.clientsNeeded(running);
  if (tooFewAreLeft(lasting)) return lasting[0] ?? null;
  const [first] = faults;
  return first !== undefined && tooFewAreLeft(faults) ? { ...first, lasts: false } : null;
}

function faultOf(snapshot: Snapshot, pod: Pod): Cause | null {
  const fault = nodeFault(snapshot, pod);
  if (fault !== null || isTerminating(pod)) return fault;
  return (
    schedulingFault(snapshot, pod) ??
    podFault(snapshot, pod) ??
    connectionFault(snapshot, pod) ??
    conditionFault(snapshot, pod)
  );
}
