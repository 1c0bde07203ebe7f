import { expect, it } from "vitest";

import { clusterNodes, minikubeFault } from "../../kube/nodes.ts";

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

it("knows a minikube by the label of its nodes", () => {
  const node = (name: string, labels = {}) => ({ metadata: { name, labels } });
  const ours = { "minikube.k8s.io/name": "lab" };
  expect(minikubeFault("lab", { items: [node("lab", ours), node("lab-m02")] })).toBeUndefined();
  expect(minikubeFault("lab", {})).toBeUndefined();
  const names = ["ip-10-0-0-1", "ip-10-0-0-2", "ip-10-0-0-3", "ip-10-0-0-4", "ip-10-0-0-5"];
  expect(minikubeFault("prod", { items: names.map((name) => node(name)) })).toBe(
    "the cluster of context prod is no minikube (its nodes are ip-10-0-0-1, ip-10-0-0-2, ip-10-0-0-3 and 2 more) — cluster is minikube unless it is set, or the context is named as another kind's — pulumi config set cluster remote, with registry or image, or take minikube's context: pulumi config set context <name>",
  );
});
