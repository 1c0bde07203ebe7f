import { expect, test } from "vitest";

import { nodesFinding } from "../../../../cli/doctor/checks/nodes.ts";

function node(name: string, conditions: Readonly<Record<string, string>>) {
  const list = Object.entries(conditions).map(([type, status]) => ({ type, status }));
  return { metadata: { name }, status: { conditions: list } };
}

const well = node("a", { Ready: "True", DiskPressure: "False" });
const full = node("b", { Ready: "True", DiskPressure: "True" });
const gone = node("c", { Ready: "Unknown" });

test.each([
  [[well], "ok", "1 of 1 nodes are ready, and short of nothing", null],
  [
    [well, full, gone],
    "warning",
    "1 of 3 nodes are well; not so: b (DiskPressure), c (not ready)",
    "kubectl describe node b",
  ],
  [[gone], "fault", "0 of 1 nodes are well; not so: c (not ready)", "kubectl describe node c"],
  [[], "unchecked", "the cluster has no node; it may add one for pods", null],
])("nodes: %#", (nodes, state, text, remedy) => {
  expect(nodesFinding(nodes)).toEqual({ state, text, remedy });
});
