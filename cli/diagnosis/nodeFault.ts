import { oneLine } from "../../kube/oneLine.ts";
import { condition, type Pod } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a node may be gone or not ready: a restart of its kubelet takes less. */
const GRACE = 60;

/** Finds a node that is gone or not ready under its pod, also a terminating one; or null. */
export function nodeFault(snapshot: Snapshot, pod: Pod): string | null {
  const { nodes, namespace } = snapshot.objects;
  const { nodeName } = pod.spec;
  if (nodeName === undefined || nodes === null || pod.status?.phase === "Succeeded") return null;
  const where = `node ${nodeName} of pod ${pod.metadata.name}`;
  const node = nodes.find(({ metadata }) => metadata.name === nodeName);
  if (node === undefined) {
    if (snapshot.secondsSince(pod.status?.startTime) < GRACE) return null;
    return `${where} is gone — the pod can be moved: kubectl -n ${namespace} delete pod ${pod.metadata.name} --force`;
  }
  const ready = condition(node, "Ready");
  if (ready === undefined || ready.status === "True") return null;
  const since = Math.round(snapshot.secondsSince(ready.lastTransitionTime));
  if (since < GRACE) return null;
  return `${where} is not ready for ${since} s: ${oneLine(ready.message ?? "")} — bring it back, or take it out: kubectl delete node ${nodeName}`;
}
