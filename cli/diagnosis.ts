import { NAMES } from "../contract/names.ts";
import { ENGINE } from "../contract/variables.ts";
import { NEEDED, type RunSpec } from "../settings/table.ts";
import type { Finding } from "./finding.ts";
import { nodeFault, refusedPods, unschedulable } from "./placementFault.ts";
import { podFault } from "./podFault.ts";
import { currentPods, isServer, type Pod, type Snapshot } from "./snapshot.ts";
import { storageFault } from "./storageFault.ts";

/**
 * Why the run cannot start or go on; null while it may yet. Pure.
 *
 * Causes come before effects: a pod waits for its volume, not the volume for its pod. Faults of
 * single clients count when too few are left: to start the run, or, when it is `running`, for a round.
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
  const { replicas, start, round } = needs(snapshot);
  const enough = replicas - faults.length >= (running ? round : start);
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

/** Numbers of clients. */
export interface Needs {
  /** Client pods that there are meant to be. */
  readonly replicas: number;
  /** Clients that must be connected before the first round. */
  readonly start: number;
  /** Clients that must reply in each round. */
  readonly round: number;
}

/** Reads how many clients the run of a federation needs. */
export function needs(snapshot: Snapshot): Needs {
  const clients = snapshot.statefulSets.find(({ metadata }) => metadata.name === NAMES.client);
  const replicas = clients?.spec.replicas ?? 0;
  const spec = specOf(snapshot);
  return {
    replicas,
    start: spec?.[NEEDED.start] ?? replicas,
    round: spec?.[NEEDED.round] ?? replicas,
  };
}

/** Settings of the run in the server's environment; undefined when an older version made it. */
function specOf(snapshot: Snapshot): RunSpec | undefined {
  const server = snapshot.deployments.find(({ metadata }) => metadata.name === NAMES.server);
  const variables = (server?.spec.template?.spec?.containers ?? []).flatMap(({ env }) => env ?? []);
  const text = variables.find(({ name }) => name === ENGINE.runSpec)?.value;
  return text === undefined ? undefined : (JSON.parse(text) as RunSpec);
}
