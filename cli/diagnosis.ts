import type { V1Pod } from "@kubernetes/client-node";
import type { Observation } from "./cluster.ts";
import { claimTrouble } from "./claimDiagnosis.ts";
import { containerTrouble } from "./containerDiagnosis.ts";
import { eventTime, eventsOf, seconds, sentence } from "./evidence.ts";

const PATIENCE = 60;

/**
 * Why the federation's pods do not run, as one sentence with its remedy; null while nothing is
 * wrong. Pure. The nearest cause first: a pod waits for its volume, not the other way round.
 */
export function diagnose(seen: Observation, now: Date): string | null {
  const pods = seen.pods.filter(
    (pod) =>
      pod.metadata?.deletionTimestamp === undefined &&
      !["Failed", "Succeeded"].includes(pod.status?.phase ?? ""),
  );
  return (
    refusedPods(seen) ??
    first(seen.claims, (claim) => claimTrouble(claim, seen, now)) ??
    first(pods, (pod) => lostNode(pod, seen, now)) ??
    first(pods, (pod) => unschedulable(pod, now)) ??
    first(pods, (pod) => unmounted(pod, seen, now)) ??
    first(pods, (pod) => containerTrouble(pod, now))
  );
}

function first<T>(items: readonly T[], cause: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = cause(item);
    if (found !== null) return found;
  }
  return null;
}

/** Pods that are not there because the API server refuses to make them. */
function refusedPods(seen: Observation): string | null {
  for (const { kind, name, desired, present } of seen.workloads) {
    if (present >= desired) continue;
    const refusal = seen.events
      .filter(({ reason }) => reason === "FailedCreate")
      .filter(({ involvedObject: of }) => of.kind === kind && of.name === name)
      .sort((a, b) => eventTime(b) - eventTime(a))[0];
    if (refusal === undefined) continue;
    const message = refusal.message ?? "";
    const remedy = /exceeded quota|must specify/.test(message)
      ? "raise the namespace's quota, or lower `replicas`, `serverResources` and `clientResources`"
      : /PodSecurity/.test(message)
        ? "use a namespace whose Pod Security level admits these pods"
        : "remove what refuses them";
    return sentence(`${kind} ${name} may not make its pods: ${message}`, remedy);
  }
  return null;
}

function lostNode(pod: V1Pod, seen: Observation, now: Date): string | null {
  const name = pod.spec?.nodeName;
  if (name === undefined || seen.nodes === null) return null;
  const node = seen.nodes.find(({ metadata }) => metadata?.name === name);
  const what = `pod ${pod.metadata?.name} is on node ${name}`;
  const remedy = "bring the node back, or delete it so that its pods move";
  if (node === undefined) return sentence(`${what}, which is gone`, remedy);
  const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
  if (ready === undefined || ready.status === "True") return null;
  const since = seconds(ready.lastTransitionTime, now);
  if (since < PATIENCE) return null;
  return sentence(`${what}, not ready for ${since} s: ${ready.message ?? ""}`, remedy);
}

function unschedulable(pod: V1Pod, now: Date): string | null {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status !== "False" || scheduled.reason !== "Unschedulable") return null;
  const since = seconds(scheduled.lastTransitionTime ?? pod.metadata?.creationTimestamp, now);
  if (since <= PATIENCE) return null;
  return sentence(
    `pod ${pod.metadata?.name} fits no node for ${since} s: ${scheduled.message ?? ""}`,
    "add nodes, or lower `replicas`, `serverResources`, `clientResources`, `gpus` or `spread`",
  );
}

/** A pod on its node that cannot start: its volumes or its network are missing. */
function unmounted(pod: V1Pod, seen: Observation, now: Date): string | null {
  const started = pod.status?.containerStatuses?.some(
    ({ state, restartCount }) =>
      restartCount > 0 || (state?.waiting?.reason ?? "") !== "ContainerCreating",
  );
  if (pod.status?.phase !== "Pending" || started === true) return null;
  const troubles = ["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"];
  const event = eventsOf(pod, seen.events).find(({ reason }) => troubles.includes(reason ?? ""));
  if (event === undefined) return null;
  // The kubelet retries, and a volume that is only late mounts at the second or third try.
  if (seconds(event.firstTimestamp ?? pod.metadata?.creationTimestamp, now) <= PATIENCE)
    return null;
  const network = event.reason === "FailedCreatePodSandBox";
  return sentence(
    `pod ${pod.metadata?.name} cannot ${network ? "get its network" : "mount a volume"}: ${event.message ?? ""}`,
    network ? "mend the cluster's network plugin" : "mend the volume or its driver",
  );
}
