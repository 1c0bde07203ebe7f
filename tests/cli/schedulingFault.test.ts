import { describe, expect, test } from "vitest";
import {
  ago,
  claim,
  event,
  pending,
  pod,
  replicaSet,
  running,
  sentence,
  statefulSet,
} from "./objects.ts";

const server = running("flower-server-7d9-x");
const client = running("flower-client-0");
const SCHEDULER =
  "0/1 nodes are available: 1 Insufficient memory. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.";

describe("a pod that no node takes", () => {
  test("is told after 60 s, in the scheduler's words, with the clients that run", () => {
    const pods = (seconds: number) => [
      server,
      client,
      pending("flower-client-1", SCHEDULER, seconds),
    ];
    expect(sentence({ pods: pods(60) })).toBeUndefined();
    expect(sentence({ pods: pods(61) })).toBe(
      "1 of 2 clients run: no node takes pod flower-client-1: 0/1 nodes are available: 1 Insufficient memory — ask for less: pulumi config set --path clientResources.memory 512Mi",
    );
  });

  test("is told with the clients of the template before that still run", () => {
    const labels = (revision: string) => ({
      labels: { app: "flower-client", "controller-revision-hash": revision },
    });
    const old = pod("flower-client-0", {}, { metadata: labels("1"), status: { phase: "Running" } });
    const waits = pending("flower-client-1", SCHEDULER, 61);
    const fresh = { ...waits, metadata: { ...waits.metadata, ...labels("2") } };
    const set = statefulSet(2);
    const status = { ...set.status, updateRevision: "2" };
    expect(sentence({ pods: [server, old, fresh], statefulSets: [{ ...set, status }] })).toMatch(
      /^1 of 2 clients run: no node takes pod flower-client-1: /,
    );
  });

  test("because of its volume is the volume's matter", () => {
    const waits = pending("flower-server-7d9-x", "unbound immediate PersistentVolumeClaims.", 90);
    expect(sentence({ pods: [waits], claims: [claim("slow", 50)] })).toBeUndefined();
    expect(sentence({ pods: [waits] })).toContain("no node takes pod flower-server-7d9-x: unbound");
  });

  test("has longer when the cluster adds a node for it", () => {
    const pods = [server, client, pending("flower-client-1", SCHEDULER, 120)];
    const events = [event("flower-client-1", "TriggeredScaleUp", "pod triggered scale-up")];
    expect(sentence({ pods, events })).toBeUndefined();
  });

  test.each([
    ["1 Insufficient nvidia.com/gpu.", "pulumi config set gpus 0"],
    ["1 Insufficient cpu.", "pulumi config set --path clientResources.cpu 100m"],
    ["1 node(s) didn't match pod anti-affinity rules.", "pulumi config set spread preferred"],
    ["1 node(s) had untolerated taint {x: }.", "kubectl get nodes -o wide"],
  ])("because of %s gets the remedy %s", (lack, remedy) => {
    const message = `0/1 nodes are available: ${lack}`;
    const pods = [server, client, pending("flower-client-1", message, 90)];
    expect(sentence({ pods })?.endsWith(remedy)).toBe(true);
  });
});

describe("pods that may not be created", () => {
  test("by a quota are told with the quota's numbers", () => {
    const message =
      'create Pod flower-client-1 in StatefulSet flower-client failed error: pods "flower-client-1" is forbidden: exceeded quota: small, requested: memory=768Mi, used: memory=1Gi, limited: memory=1Gi';
    const events = [event("flower-client", "FailedCreate", message)];
    expect(sentence({ statefulSets: [statefulSet(2, 1)], events })).toBe(
      "a client's pod is refused by the namespace's quota: exceeded quota: small, requested: memory=768Mi, used: memory=1Gi, limited: memory=1Gi — raise the quota, or ask for less: pulumi config set --path clientResources.memory 512Mi",
    );
  });

  test("by Pod Security are told with the rule", () => {
    const message =
      'Error creating: pods "flower-server-7d9-y" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true';
    const events = [event("flower-server-7d9", "FailedCreate", message)];
    expect(sentence({ replicaSets: [replicaSet(0)], events })).toBe(
      'the server\'s pod is refused: violates PodSecurity "restricted:latest": runAsNonRoot != true — let the namespace take it: kubectl label namespace kubeflower pod-security.kubernetes.io/enforce=baseline --overwrite',
    );
  });

  test("are no finding once they are there", () => {
    const events = [event("flower-server-7d9", "FailedCreate", "exceeded quota")];
    expect(sentence({ events })).toBeUndefined();
  });
});

describe("a node", () => {
  const nodes = (seconds: number) => [
    {
      metadata: { name: "node-1" },
      status: {
        conditions: [
          {
            type: "Ready",
            status: "Unknown",
            message: "Kubelet stopped posting node status.",
            lastTransitionTime: ago(seconds),
          },
        ],
      },
    },
  ];

  test("that does not answer for a minute is named", () => {
    expect(sentence({ nodes: nodes(59) })).toBeUndefined();
    expect(sentence({ nodes: nodes(70) })).toBe(
      "node node-1 of pod flower-server-7d9-x is not ready for 70 s: Kubelet stopped posting node status — bring it back, or take it out: kubectl delete node node-1",
    );
  });

  test("counts for a server pod that cannot end on it, too", () => {
    const metadata = { deletionTimestamp: ago(100) };
    const leaving = pod("flower-server-7d9-x", {}, { metadata });
    expect(sentence({ nodes: nodes(300), pods: [leaving] })).toContain("node node-1 of pod");
  });

  test("that this user may not see is no finding", () => {
    expect(sentence({ nodes: null })).toBeUndefined();
  });
});
