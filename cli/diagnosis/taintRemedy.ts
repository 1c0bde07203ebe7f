import type { Node } from "./objects.ts";

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
export function taintRemedy(words: string, nodes: readonly Node[] | null): string {
  const [, named] = /untolerated taint \{([^:}]+)/.exec(words) ?? [];
  const key = words.includes("were unschedulable") ? CORDONED : (named ?? firstTaint(nodes));
  if (key === undefined) return "see which taints keep it off: kubectl describe nodes";
  if (key === CORDONED) {
    const node = nodes?.find((one) => taintsOf(one).includes(CORDONED));
    return `let it take pods again: kubectl uncordon ${node?.metadata.name ?? "<node>"}`;
  }
  return PASSING.test(key)
    ? `wait until the nodes are well again (${key}), see: kubectl describe nodes`
    : `add a node without that taint, or take it off: kubectl taint nodes --all ${key}-`;
}

function firstTaint(nodes: readonly Node[] | null): string | undefined {
  return nodes?.flatMap(taintsOf)[0];
}

function taintsOf({ spec }: Node): string[] {
  return (spec?.taints ?? []).map(({ key }) => key);
}
