import { expect, it } from "vitest";

import { volumeNode } from "../../components/volumeNode.ts";

const DEFAULT = { "storageclass.kubernetes.io/is-default-class": "true" };
const MINIKUBE = "k8s.io/minikube-hostpath";
const CLASSES = [
  { metadata: { name: "csi-hostpath-sc" }, provisioner: "hostpath.csi.k8s.io" },
  { metadata: { name: "standard", annotations: DEFAULT }, provisioner: MINIKUBE },
];
const primary = (value: string) => ({
  metadata: { name: value, labels: { "minikube.k8s.io/primary": value } },
});
const STAYS = { "minikube.k8s.io/primary": "true" };

/** Asks a cluster with these classes and nodes. */
function ask(storageClass: string | undefined, classes: unknown, nodes: unknown) {
  return volumeNode(storageClass, {
    get: <T>(path: string) => Promise.resolve((path.includes("/nodes") ? nodes : classes) as T),
  });
}

it("keeps the server on the node where minikube makes folders that it may write", async () => {
  const nodes = { items: [primary("true"), primary("false")] };
  expect(await ask(undefined, { items: CLASSES }, nodes)).toEqual(STAYS);
  expect(await ask("standard", { items: CLASSES }, nodes)).toEqual(STAYS);
});

it.each([
  ["one node", "standard", { items: CLASSES }, { items: [primary("true")] }],
  [
    "nodes without the label",
    "standard",
    { items: CLASSES },
    { items: [primary("a"), primary("b")] },
  ],
  [
    "another class",
    "csi-hostpath-sc",
    { items: CLASSES },
    { items: [primary("true"), primary("a")] },
  ],
  [
    "no default class",
    undefined,
    { items: CLASSES.slice(0, 1) },
    { items: [primary("true"), primary("a")] },
  ],
  ["classes that it may not see", undefined, undefined, { items: [primary("true"), primary("a")] }],
  ["nodes that it may not see", undefined, { items: CLASSES }, undefined],
])("leaves the server to the scheduler with %s", async (_, storageClass, classes, nodes) => {
  expect(await ask(storageClass, classes, nodes)).toBeUndefined();
});
