import { condition, type Node } from "../../diagnosis/objects.ts";
import type { ClusterCheck } from "../check.ts";
import { fault, ok, unchecked, warning, type Finding } from "../finding.ts";

const PRESSURES = ["DiskPressure", "MemoryPressure", "PIDPressure"];

/** Checks that nodes are ready, and short of nothing. */
export const nodes: ClusterCheck = {
  name: "nodes",
  run: async ({ cluster }) => {
    const { object } = await cluster.get<{ items: Node[] }>("/api/v1/nodes", 4.5);
    return nodesFinding(object.items);
  },
};

/** Tells which nodes are not ready or short of something. */
export function nodesFinding(nodes: readonly Node[]): Finding {
  if (nodes.length === 0) return unchecked("the cluster has no node; it may add one for pods");
  const ill = nodes.flatMap((node) => {
    const what = symptoms(node);
    return what.length === 0 ? [] : [`${node.metadata.name} (${what.join(", ")})`];
  });
  const [first] = nodes.filter((node) => symptoms(node).length > 0);
  if (first === undefined) {
    return ok(`${nodes.length} of ${nodes.length} nodes are ready, and short of nothing`);
  }
  const well = nodes.length - ill.length;
  const text = `${well} of ${nodes.length} nodes are well; not so: ${ill.join(", ")}`;
  const remedy = `kubectl describe node ${first.metadata.name}`;
  return well === 0 ? fault(text, remedy) : warning(text, remedy);
}

function symptoms(node: Node): string[] {
  const ready = condition(node, "Ready")?.status === "True";
  const short = PRESSURES.filter((type) => condition(node, type)?.status === "True");
  return [...(ready ? [] : ["not ready"]), ...short];
}
