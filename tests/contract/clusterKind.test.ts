import { expect, it } from "vitest";

import { CLUSTER_KINDS, isProfile, kindOf, startCommand } from "../../contract/clusterKind.ts";

it.each([
  ["kind-lab", "kind"],
  ["k3d-lab", "k3d"],
  ["docker-desktop", "docker-desktop"],
  ["rancher-desktop", "docker-desktop"],
  ["orbstack", "docker-desktop"],
  ["colima", "docker-desktop"],
  ["colima-lab", "docker-desktop"],
  ["minikube", "minikube"],
  ["my-kind-lab", "minikube"],
  ["kind", "minikube"],
  ["", "minikube"],
])("takes context %s for %s", (context, kind) => {
  expect(kindOf(context)).toBe(kind);
});

it("starts each kind that has a command for it", () => {
  expect(
    Object.fromEntries(CLUSTER_KINDS.map((kind) => [kind, startCommand(kind, `${kind}-a`)])),
  ).toEqual({
    minikube: "minikube start -p minikube-a",
    kind: "docker start $(kind get nodes --name a)",
    k3d: "k3d cluster start a",
    "docker-desktop": undefined,
    containerd: undefined,
    remote: undefined,
  });
});

it.each([
  ["minikube", true],
  ["lab-2.site", true],
  ["A1", true],
  ["a", false],
  ["arn:aws:eks:eu-west-1:123456789012:cluster/lab", false],
  ["gke_project_zone_lab", false],
  ["kubernetes-admin@kubernetes", false],
  ["default/api-host:6443/kube:admin", false],
  ["my cluster", false],
  ["-lab", false],
])("knows whether %s may be a minikube's: %s", (context, may) => {
  expect(isProfile(context)).toBe(may);
  expect(startCommand("minikube", context)).toBe(may ? `minikube start -p ${context}` : undefined);
});
