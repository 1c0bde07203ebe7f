import { oneLine } from "../../kube/oneLine.ts";
import { cause, type Cause } from "./cause.ts";
import { condition, type Pod } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a node may be gone or not ready: a restart of its kubelet takes less. */
const GRACE = 60;

/** Finds a node that is gone or not ready under its pod, also a terminating one; or null. */
export function nodeFault(snapshot: Snapshot, pod: Pod): Cause | null {
  const { nodes, namespace } = snapshot.objects;
  const { nodeName } = pod.spec;
  if (nodeName === undefined || nodes === null || pod.status?.phase === "Succeeded") return null;
  const where = `node ${nodeName} of pod ${pod.metadata.name}`;
  const node = nodes.find(({ metadata }) => metadata.name === nodeName);
  if (node === undefined) {
    return cause(
      `${where} is gone — the pod can be moved: kubectl -n ${namespace} delete pod ${pod.metadata.name} --force`,
      snapshot.secondsSince(pod.status?.startTime),
      GRACE,
    );
  }
  const ready = condition(node, "Ready");
  if (ready === undefined || ready.status === "True") return null;
  return cause(
    `${where} is not ready: ${oneLine(ready.message ?? "")} — bring it back, see: kubectl describe node ${nodeName}; where it never comes back: kubectl delete node ${nodeName}`,
    snapshot.secondsSince(ready.lastTransitionTime),
    GRACE,
  );
}
