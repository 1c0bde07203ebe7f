import { oneLine } from "../../kube/oneLine.ts";
import { cause, type Cause } from "./cause.ts";
import { condition, type Condition, type Pod } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds for which a condition may be a step on the way. */
const STEP = 6;
/** Reasons that other rules tell more of: the containers are not ready, or the pod has ended. */
const KNOWN = ["ContainersNotReady", "PodCompleted", "PodFailed"];
/** Conditions that are well while they are false. */
const WELL_IF_FALSE = /^(PodResizePending|PodResizeInProgress|DisruptionTarget)$/;

/**
 * Finds a condition that keeps a pod from being ready though its containers are, or null, and repeats
 * Kubernetes' own words: readiness gates, resizes that no node can do, and whatever comes.
 */
export function conditionFault(snapshot: Snapshot, pod: Pod): Cause | null {
  const { metadata, status } = pod;
  const found = status?.conditions?.find((one) => isAmiss(one) && !isStep(snapshot, one));
  if (found === undefined || condition(pod, "PodScheduled")?.status === "False") return null;
  const words = [found.reason, found.message].filter(Boolean).map((text = "") => oneLine(text));
  return cause(
    `pod ${metadata.name}: ${words.join(": ")} — these are Kubernetes' own words — see: kubectl -n ${snapshot.objects.namespace} describe pod ${metadata.name}`,
    snapshot.secondsSince(found.lastTransitionTime),
    Infinity,
  );
}

function isAmiss({ type, status, reason = "" }: Condition): boolean {
  if (reason === "" || KNOWN.includes(reason)) return false;
  return type === "Ready" ? status === "False" : status === "True" && WELL_IF_FALSE.test(type);
}

function isStep(snapshot: Snapshot, { lastTransitionTime }: Condition): boolean {
  return snapshot.secondsSince(lastTransitionTime) < STEP;
}
