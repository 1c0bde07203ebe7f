import { expect, test } from "vitest";

import { ago, cause, deployment, pod, snapshot, statefulSet, told } from "../support/objects.ts";

const outdated = (updateStrategy: object) => {
  const one = statefulSet(2);
  const labels = { app: "flower-client", "controller-revision-hash": "older" };
  const [server, ...clients] = snapshot().objects.pods;
  return {
    pods: [
      ...(server === undefined ? [] : [server]),
      ...clients.map((client) => ({ ...client, metadata: { ...client.metadata, labels } })),
    ],
    statefulSets: [
      {
        ...one,
        spec: { ...one.spec, updateStrategy },
        status: { ...one.status, updateRevision: "newer" },
      },
    ],
  };
};

test("clients that keep an older template are told with what keeps them", () => {
  const rolling = (partition: number) =>
    outdated({ type: "RollingUpdate", rollingUpdate: { partition } });
  expect(cause(rolling(0))).toBeNull();
  expect(cause(rolling(1))).toBe(
    "StatefulSet flower-client does not give 2 of its pods their newest template: its updateStrategy has partition 1 — give it back what the stack declares: pulumi up --refresh",
  );
  expect(cause(outdated({ type: "OnDelete" }))).toContain("has type OnDelete — ");
});

test("more clients than the run has are told once they have been there for a while, and end nothing", () => {
  const changes = (seconds: number) => ({
    deployments: [deployment(1, 1)],
    statefulSets: [statefulSet(3)],
    pods: [
      ...snapshot().objects.pods,
      pod("flower-client-2", { state: { running: {} } }, { status: { startTime: ago(seconds) } }),
    ],
  });
  expect(told(changes(7))).toBeNull();
  expect(told(changes(8))).toBe(
    "StatefulSet flower-client is scaled to 3 clients — the run has 2, and the server takes no other — kubectl -n kubeflower scale statefulset flower-client --replicas 2",
  );
  expect(cause(changes(99))).toBeNull();
});
