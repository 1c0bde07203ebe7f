import { NAMES } from "../../contract/names.ts";
import { lastSeen } from "./event.ts";
import { isServer, isTerminating, type Pod, type Workload } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** A workload that has fewer pods than it wants. */
export interface Lacking {
  readonly kind: "ReplicaSet" | "StatefulSet";
  readonly role: "server" | "client";
  readonly workload: Workload;
  /** Number of pods that it lacks. */
  readonly missing: number;
  /** Number of the first client that has no pod; undefined for the server. */
  readonly ordinal: number | undefined;
  /** Seconds for which the pods have been missing, as far as it shows; never more than that. */
  readonly seconds: number;
}

/** Lists the workloads whose controllers have pods to make. A client that is ending keeps its place. */
export function lackingPods(snapshot: Snapshot): Lacking[] {
  return [
    ...snapshot.serverReplicaSets().map((set) => lackingServer(snapshot, set)),
    lackingClients(snapshot),
  ].filter((one) => one !== null);
}

function lackingServer(snapshot: Snapshot, workload: Workload): Lacking | null {
  const has = (pod: Pod): boolean =>
    isServer(pod) &&
    !isTerminating(pod) &&
    !["Failed", "Succeeded"].includes(pod.status?.phase ?? "") &&
    (pod.metadata.ownerReferences ?? [workload.metadata]).some(
      ({ uid }) => uid === workload.metadata.uid,
    );
  const missing = (workload.spec.replicas ?? 0) - snapshot.objects.pods.filter(has).length;
  if (missing <= 0) return null;
  const name = `${workload.metadata.name}-`;
  const seconds = ageOf(snapshot, workload, (pod) => pod.startsWith(name));
  return { kind: "ReplicaSet", role: "server", workload, missing, ordinal: undefined, seconds };
}

function lackingClients(snapshot: Snapshot): Lacking | null {
  const workload = snapshot.clients;
  if (workload === undefined) return null;
  const names = new Set(snapshot.objects.pods.map(({ metadata }) => metadata.name));
  const missing = Array.from({ length: snapshot.replicas }, (_, ordinal) => ordinal).filter(
    (ordinal) => !names.has(`${NAMES.client}-${ordinal}`),
  );
  const [ordinal] = missing;
  if (ordinal === undefined) return null;
  const seconds = ageOf(snapshot, workload, (pod) => pod === `${NAMES.client}-${ordinal}`);
  return {
    kind: "StatefulSet",
    role: "client",
    workload,
    missing: missing.length,
    ordinal,
    seconds,
  };
}

/**
 * Seconds since the workload's controller wrote its status last, or the kubelet ended a pod whose name
 * fits: a controller that does not run writes nothing of a pod that has gone.
 */
function ageOf(snapshot: Snapshot, { metadata }: Workload, fits: (pod: string) => boolean): number {
  const written = metadata.managedFields?.filter(({ subresource }) => subresource === "status");
  const ended = snapshot.objects.events.filter(
    ({ reason, involvedObject: { name = "" } }) => reason === "Killing" && fits(name),
  );
  return snapshot.secondsSinceLatest([
    metadata.creationTimestamp,
    ...(written ?? []).map(({ time }) => time),
    ...ended.map(lastSeen),
  ]);
}
