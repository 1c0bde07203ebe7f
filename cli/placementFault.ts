import { NAMES } from "../contract/names.ts";
import { oneLine } from "../kube/oneLine.ts";
import type { Finding } from "./finding.ts";
import {
  condition,
  eventsOf,
  firstSeen,
  isServer,
  lastSeen,
  secondsSince,
  type Pod,
  type Snapshot,
  type Workload,
} from "./snapshot.ts";

/** Seconds before these count; a cluster that adds a node for the pod gets `newNode`. */
const GRACE = { unschedulable: 60, newNode: 600, refused: 10, nodeNotReady: 60 } as const;

/** A pod that no node takes, in the scheduler's own words; or null. */
export function unschedulable(snapshot: Snapshot, pod: Pod): Finding | null {
  const scheduled = condition(pod, "PodScheduled");
  if (scheduled?.status !== "False" || scheduled.reason !== "Unschedulable") return null;
  // The volume's own state says more, and has its own time.
  const pending = snapshot.claims.some((claim) => claim.status?.phase === "Pending");
  if (pending && /PersistentVolumeClaim/.test(scheduled.message ?? "")) return null;
  const since = secondsSince(snapshot, scheduled.lastTransitionTime);
  const scaling = eventsOf(snapshot, pod.metadata, "TriggeredScaleUp", "Nominated").length > 0;
  if (since <= (scaling ? GRACE.newNode : GRACE.unschedulable)) return null;
  // What follows is about pods that could be put out for ours: none can, in our case.
  const said = oneLine(
    (scheduled.message ?? "").replace(/,? ?(no new claims to deallocate, )?preemption:.*$/s, ""),
  );
  const count = isServer(pod) ? "the server does not run" : clientsThatRun(snapshot);
  return {
    sentence: `${count}: no node takes pod ${pod.metadata.name}: ${said} — ${room(said, pod)}`,
    pod: pod.metadata.name,
  };
}

/** Pods of an older template run too, until those of the new one take their place. */
function clientsThatRun(snapshot: Snapshot): string {
  const clients = snapshot.pods.filter((pod) => !isServer(pod));
  const set = snapshot.statefulSets.find((one) => one.metadata.name === NAMES.client);
  const alive = clients.filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const run = alive.filter((pod) => pod.status?.phase === "Running").length;
  return `${String(run)} of ${String(set?.spec.replicas ?? clients.length)} clients run`;
}

/** The command that makes room, by what the scheduler lacks. */
function room(said: string, pod: Pod): string {
  const key = isServer(pod) ? "serverResources" : "clientResources";
  if (/Insufficient nvidia/.test(said)) return "nodes without that GPU: pulumi config set gpus 0";
  if (/Insufficient memory/.test(said))
    return `ask for less: pulumi config set --path ${key}.memory 512Mi`;
  if (/Insufficient cpu/.test(said))
    return `ask for less: pulumi config set --path ${key}.cpu 100m`;
  if (/anti-affinity/.test(said))
    return "let clients share a node: pulumi config set spread preferred";
  return "add a node, or see: kubectl get nodes -o wide";
}

/** A pod whose node is gone or does not answer; or null. Counts for terminating pods, too. */
export function nodeFault(snapshot: Snapshot, pod: Pod): Finding | null {
  const name = pod.spec.nodeName;
  if (name === undefined || snapshot.nodes === null || pod.status?.phase === "Succeeded")
    return null;
  const node = snapshot.nodes.find((one) => one.metadata.name === name);
  const remedy = "bring it back, or take it out: kubectl delete node";
  if (node === undefined) {
    const sentence = `node ${name} of pod ${pod.metadata.name} is gone — the pod can be moved: kubectl -n ${snapshot.namespace} delete pod ${pod.metadata.name} --force`;
    return secondsSince(snapshot, pod.status?.startTime) < GRACE.nodeNotReady
      ? null
      : { sentence, pod: pod.metadata.name };
  }
  const ready = condition(node, "Ready");
  if (ready === undefined || ready.status === "True") return null;
  const since = Math.round(secondsSince(snapshot, ready.lastTransitionTime));
  if (since < GRACE.nodeNotReady) return null;
  return {
    sentence: `node ${name} of pod ${pod.metadata.name} is not ready for ${String(since)} s: ${oneLine(ready.message ?? "")} — ${remedy} ${name}`,
    pod: pod.metadata.name,
  };
}

/** Pods that may not be created: a quota, Pod Security or another admission refuses; or null. */
export function refusedPods(snapshot: Snapshot): Finding | null {
  const server = snapshot.deployments.find((one) => one.metadata.name === NAMES.server);
  const sets = snapshot.replicaSets.filter(
    (set) =>
      set.metadata.ownerReferences?.some((owner) => owner.uid === server?.metadata.uid) === true,
  );
  const clients = snapshot.statefulSets.filter((set) => set.metadata.name === NAMES.client);
  const terminating = snapshot.pods.some((pod) => pod.metadata.deletionTimestamp !== undefined);
  for (const workload of [...sets, ...clients]) {
    const missing = (workload.spec.replicas ?? 0) - (workload.status?.replicas ?? 0);
    const event = eventsOf(snapshot, workload.metadata, "FailedCreate").at(-1);
    if (missing <= 0 || event === undefined || terminating) continue;
    if (secondsSince(snapshot, firstSeen(event)) < GRACE.refused) continue;
    if (secondsSince(snapshot, lastSeen(event)) > 900) continue;
    return { sentence: refusal(snapshot, workload, oneLine(event.message ?? "")) };
  }
  return null;
}

function refusal(snapshot: Snapshot, workload: Workload, message: string): string {
  const who = workload.metadata.name.startsWith(NAMES.server)
    ? "the server's pod"
    : "a client's pod";
  const said = message.replace(/^.*? is forbidden: /, "");
  if (/exceeded quota/.test(said)) {
    const key = who === "a client's pod" ? "clientResources" : "serverResources";
    return `${who} is refused by the namespace's quota: ${said} — raise the quota, or ask for less: pulumi config set --path ${key}.memory 512Mi`;
  }
  if (/violates PodSecurity/.test(said)) {
    return `${who} is refused: ${said} — let the namespace take it: kubectl label namespace ${snapshot.namespace} pod-security.kubernetes.io/enforce=baseline --overwrite`;
  }
  return `${who} is refused: ${said} — see: kubectl -n ${snapshot.namespace} get events`;
}
