import type { Finding } from "./cause.ts";
import { nodeFault, refusedPods, unschedulable } from "./schedulingFault.ts";
import { podFault } from "./podFault.ts";
import { CLIENT, currentPods, isServer, SERVER, type Pod, type Snapshot } from "./objects.ts";
import { storageFault } from "./storageFault.ts";

/** Clients the run cannot do without, as the server is told. */
export interface Needs {
  readonly replicas: number;
  /** Connected before the first round. */
  readonly min: number;
  /** Replies a round needs. */
  readonly quorum: number;
}

/**
 * Why the run cannot start or go on; null while it may yet. Pure.
 *
 * Causes come before effects: a pod waits for its volume, not the volume for its pod. Faults of
 * single clients count when too few are left: fewer than `min` before the run has started, fewer
 * than `quorum` when it is `running`.
 */
export function diagnose(snapshot: Snapshot, running = false): Finding | null {
  const early = refusedPods(snapshot) ?? storageFault(snapshot);
  if (early !== null) return early;

  const pods = currentPods(snapshot);
  for (const pod of [...pods, ...leaving(snapshot)].filter(isServer)) {
    const fault = faultOf(snapshot, pod);
    if (fault !== null) return fault;
  }
  const faults = pods
    .filter((pod) => !isServer(pod))
    .map((pod) => faultOf(snapshot, pod))
    .filter((fault) => fault !== null);
  const { replicas, min, quorum } = needs(snapshot);
  const enough = replicas - faults.length >= (running ? quorum : min);
  return enough ? null : (faults[0] ?? null);
}

function faultOf(snapshot: Snapshot, pod: Pod): Finding | null {
  const node = nodeFault(snapshot, pod);
  if (node !== null || pod.metadata.deletionTimestamp !== undefined) return node;
  return unschedulable(snapshot, pod) ?? podFault(snapshot, pod);
}

/** A pod on a dead node never ends, and the volume of a single writer waits for it. */
function leaving(snapshot: Snapshot): Pod[] {
  return snapshot.pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined);
}

/** Reads how many clients the run of a federation needs. */
export function needs(snapshot: Snapshot): Needs {
  const server = snapshot.deployments.find((one) => one.metadata.name === SERVER);
  const clients = snapshot.statefulSets.find((one) => one.metadata.name === CLIENT);
  const variables = (server?.spec.template?.spec?.containers ?? []).flatMap((one) => one.env ?? []);
  const replicas = clients?.spec.replicas ?? 0;
  const number = (name: string): number => {
    const value = variables.find((variable) => variable.name === name)?.value;
    return value === undefined ? replicas : Number(value);
  };
  return { replicas, min: number("KUBEFLOWER_MIN"), quorum: number("KUBEFLOWER_QUORUM") };
}
