import { roleOf, type Node, type Pod } from "./objects.ts";

/** Taint of a node that takes no new pods: kubectl cordon. */
const CORDONED = "node.kubernetes.io/unschedulable";
/** Taints that Kubernetes and cloud providers set and take off by themselves. */
const PASSING =
  /^(node\.kubernetes\.io\/|node\.cloudprovider\.kubernetes\.io\/|ToBeDeletedByClusterAutoscaler|DeletionCandidateOfClusterAutoscaler|karpenter\.sh\/)/;

/**
 * Remedy for pods that tolerate no node's taint. Newer schedulers do not name it: the nodes do.
 * @param words words of the scheduler
 * @param nodes null when this user may not list them
 */
export function taintRemedy(words: string, nodes: readonly Node[] | null, pod: Pod): string {
  const [, named] = /untolerated taint \{([^:}]+)/.exec(words) ?? [];
  const key = words.includes("were unschedulable") ? CORDONED : (named ?? firstTaint(nodes));
  if (key === undefined) return "see which taints keep it off: kubectl describe nodes";
  if (key === CORDONED) {
    const node = nodes?.find((one) => taintsOf(one).includes(CORDONED));
    return `let it take pods again: kubectl uncordon ${node?.metadata.name ?? "<node>"}`;
  }
  return PASSING.test(key)
    ? `wait until the nodes are well again (${key}), see: kubectl describe nodes`
    : tolerate(key, pod);
}

/** Lets the pod come to nodes with a taint. Whoever has tainted them may have a reason. */
function tolerate(key: string, pod: Pod): string {
  const setting = `${roleOf(pod)}Pod`;
  const number = pod.spec.tolerations?.filter(isOwn).length ?? 0;
  const set = (field: string, value: string): string =>
    `pulumi config set --path '${setting}.tolerations[${number}].${field}' ${value}`;
  return `tolerate it: ${set("key", key)} && ${set("operator", "Exists")}, or take it off: kubectl taint nodes --all ${key}-`;
}

/** Whether a toleration is none of those that Kubernetes gives every pod. */
function isOwn({ key = "" }: { readonly key?: string }): boolean {
  return !/^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(key);
}

function firstTaint(nodes: readonly Node[] | null): string | undefined {
  return nodes?.flatMap(taintsOf)[0];
}

function taintsOf({ spec }: Node): string[] {
  return (spec?.taints ?? []).map(({ key }) => key);
}
