import { expect, it } from "vitest";

import { clusterNodes } from "../../kube/nodes.ts";

it("reads what a node says about its images", () => {
  const nodeInfo = {
    containerRuntimeVersion: "containerd://2.1.4",
    kernelVersion: "6.1",
    bootID: "b",
  };
  expect(
    clusterNodes({ items: [{ metadata: { name: "one" }, status: { nodeInfo } }, {}] }),
  ).toEqual([
    { name: "one", runtime: "containerd://2.1.4", kernel: "6.1", bootId: "b" },
    { name: "", runtime: "", kernel: "", bootId: "" },
  ]);
  expect(clusterNodes({})).toEqual([]);
});
