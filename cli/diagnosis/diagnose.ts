import { admissionFault } from "./admissionFault.ts";
import { nodeFault } from "./nodeFault.ts";
import { isServer, isTerminating, type Pod } from "./objects.ts";
import { podFault } from "./podFault.ts";
import { schedulingFault } from "./schedulingFault.ts";
import type { Snapshot } from "./snapshot.ts";
import { storageFault } from "./storageFault.ts";

/**
 * Finds the cause that keeps a run from starting or going on; null while it may yet. The cause is one
 * sentence: what is wrong, with its value — what is allowed — the command that fixes it.
 *
 * Causes come before their effects: a pod waits for its volume, not the volume for its pod. Faults of
 * single clients count when too few clients are left for the run.
 * @param running whether the run has started: then it may need fewer clients
 */
export function diagnose(snapshot: Snapshot, running = false): string | null {
  return (
    admissionFault(snapshot) ??
    storageFault(snapshot) ??
    serverFault(snapshot) ??
    clientsFault(snapshot, running)
  );
}

/** A server pod on a dead node never ends, and its volume waits for it: terminating pods count. */
function serverFault(snapshot: Snapshot): string | null {
  const terminating = snapshot.objects.pods.filter(isTerminating);
  for (const pod of [...snapshot.currentPods(), ...terminating].filter(isServer)) {
    const fault = faultOf(snapshot, pod);
    if (fault !== null) return fault;
  }
  return null;
}

function clientsFault(snapshot: Snapshot, running: boolean): string | null {
  const faults = snapshot
    .currentPods()
    .filter((pod) => !isServer(pod))
    .map((pod) => faultOf(snapshot, pod))
    .filter((fault) => fault !== null);
  const left = snapshot.replicas - faults.length;
  return left >= snapshot.clientsNeeded(running) ? null : (faults[0] ?? null);
}

function faultOf(snapshot: Snapshot, pod: Pod): string | null {
  const fault = nodeFault(snapshot, pod);
  if (fault !== null || isTerminating(pod)) return fault;
  return schedulingFault(snapshot, pod) ?? podFault(snapshot, pod);
}
