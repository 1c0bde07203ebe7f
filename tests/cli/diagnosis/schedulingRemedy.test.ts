import { expect, test } from "vitest";

import { schedulingRemedy } from "../../../cli/diagnosis/schedulingRemedy.ts";
import { pending, snapshot } from "../support/objects.ts";

const cordoned = {
  metadata: { name: "node-2" },
  spec: { taints: [{ key: "node.kubernetes.io/unschedulable" }] },
};
const nodes = [...(snapshot().objects.nodes ?? []), cordoned];
const remedy = (reason: string, spec: object = {}): string => {
  const pod = pending("flower-client-0", reason, 9);
  return schedulingRemedy(reason, snapshot({ nodes }), { ...pod, spec: { ...pod.spec, ...spec } });
};

/** Words of the plugins of Kubernetes' scheduler, pkg/scheduler/framework/plugins. */
test.each([
  ['persistentvolumeclaim "flower-server" not found', "make it again: pulumi up --refresh"],
  ["1 Insufficient memory", "ask for less: pulumi config set --path clientResources.memory 512Mi"],
  ["1 node(s) were unschedulable", "let it take pods again: kubectl uncordon node-2"],
  [
    "1 node(s) had untolerated taint {node.kubernetes.io/unschedulable: }",
    "let it take pods again: kubectl uncordon node-2",
  ],
  [
    "1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }",
    "wait until the nodes are well again (node.kubernetes.io/disk-pressure), see: kubectl describe nodes",
  ],
  [
    "1 node(s) had untolerated taint {team: vision}",
    "tolerate it: pulumi config set --path 'clientPod.tolerations[0].key' team && pulumi config set --path 'clientPod.tolerations[0].operator' Exists, or take it off: kubectl taint nodes --all team-",
  ],
  [
    "1 node(s) had volume node affinity conflict",
    "bring the node of its volume back, see: kubectl get pv,nodes -o wide",
  ],
  [
    "1 node(s) didn't find available persistent volumes to bind",
    "make a volume for it, or take a class that makes them: pulumi config set storageClass <name>",
  ],
  [
    "Scheduling is blocked due to non-empty scheduling gates",
    "whoever has put a gate there opens it, see: kubectl -n kubeflower get pod flower-client-0 -o jsonpath={.spec.schedulingGates}",
  ],
  ["1 Too many pods", "add a node, or see: kubectl get nodes -o wide"],
])("no node takes a pod: %s", (reason, expected) => {
  expect(remedy(reason)).toBe(expected);
});

test("a second taint is tolerated beside the first", () => {
  const tolerations = [{ key: "gpu" }, { key: "node.kubernetes.io/not-ready" }];
  expect(remedy("1 node(s) had untolerated taint {team: vision}", { tolerations })).toContain(
    "'clientPod.tolerations[1].key' team",
  );
});

test("a label that no node has is given to one; an architecture is built for", () => {
  const reason = "1 node(s) didn't match Pod's node affinity/selector";
  expect(remedy(reason, { nodeSelector: { disk: "ssd", zone: "a" } })).toBe(
    "add a node with these labels, or give them to one: kubectl label node node-1 disk=ssd zone=a",
  );
  expect(remedy(reason, { nodeSelector: { "kubernetes.io/arch": "arm64" } })).toBe(
    "build for the nodes that there are: pulumi config rm platform",
  );
  expect(remedy(reason)).toBe("add a node that fits, see: kubectl get nodes --show-labels");
});

test("what is asked for is halved where it is small already", () => {
  const containers = [{ name: "client", resources: { requests: { cpu: "60m" } } }];
  expect(remedy("1 Insufficient cpu", { containers })).toBe(
    "ask for less: pulumi config set --path clientResources.cpu 30m",
  );
});
