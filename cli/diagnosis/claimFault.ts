import { oneLine } from "../../kube/oneLine.ts";
import { cause, foremost, type Cause } from "./cause.ts";
import type { Claim, Pod } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a volume may take before anybody is told of it. */
const LOOKING = 8;
/** Annotation of a claim whose pod has a node: the scheduler waits for the volume then. */
const CHOSEN = "volume.kubernetes.io/selected-node";
/** Events of a claim whose turn has not come: its pod has another cause. */
const STEPS = ["WaitForFirstConsumer", "WaitForPodScheduled"];

/**
 * Finds a claim of a pod that has no volume, and repeats what is said of it; or null. It never ends an
 * update: some volumes take minutes until they are made. Of the server's storageFault tells more.
 */
export function claimFault(snapshot: Snapshot): Cause | null {
  return foremost(
    snapshot
      .currentPods()
      .flatMap((pod) => pendingClaims(snapshot, pod).map((claim) => faultOf(snapshot, pod, claim))),
  );
}

function faultOf(snapshot: Snapshot, pod: Pod, { metadata }: Claim): Cause | null {
  const seconds = snapshot.secondsSince(metadata.creationTimestamp);
  const last = snapshot.eventsOf(metadata).at(-1);
  if (last === undefined || STEPS.includes(last.reason ?? "") || seconds < LOOKING) return null;
  return cause(
    `waiting for the volume of PVC ${metadata.name} (pod ${pod.metadata.name}): ${oneLine(last.message ?? "")} — see: kubectl -n ${snapshot.objects.namespace} describe pvc ${metadata.name}`,
    seconds,
    Infinity,
  );
}

/** Tells whether the scheduler has chosen a node, and waits for a volume there: it says nothing of the pod. */
export function waitsForVolume(snapshot: Snapshot, pod: Pod): boolean {
  return pendingClaims(snapshot, pod).some(
    ({ metadata }) => metadata.annotations?.[CHOSEN] !== undefined,
  );
}

function pendingClaims({ objects }: Snapshot, { spec }: Pod): Claim[] {
  const names = (spec.volumes ?? []).map((volume) => volume.persistentVolumeClaim?.claimName);
  return [...objects.claims, ...objects.dataClaims].filter(
    ({ metadata, status }) => status?.phase === "Pending" && names.includes(metadata.name),
  );
}
