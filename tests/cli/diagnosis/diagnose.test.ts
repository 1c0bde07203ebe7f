import { describe, expect, test } from "vitest";

import { diagnose } from "../../../cli/diagnosis/diagnose.ts";
import {
  ago,
  cause,
  crashing,
  deployment,
  pending,
  running,
  snapshot,
  statefulSet,
} from "../support/objects.ts";

const server = running("flower-server-7d9-x");
const client = running("flower-client-0");
const SCHEDULER = "0/1 nodes are available: 1 Insufficient memory.";

test("a healthy federation has no cause", () => {
  expect(diagnose(snapshot())).toBeNull();
});

test("a client that cannot run is no cause while the run can do without it", () => {
  const pods = [
    server,
    client,
    running("flower-client-1"),
    pending("flower-client-2", SCHEDULER, 90),
  ];
  const changes = { pods, statefulSets: [statefulSet(3)] };
  expect(cause({ ...changes, deployments: [deployment(2, 2)] })).toBeNull();
  expect(cause({ ...changes, deployments: [deployment(3, 2)] })).toContain("2 of 3 clients run");
  expect(cause({ ...changes, deployments: [deployment(3, 2)] }, true)).toBeNull();
});

describe("pods that are going away", () => {
  const faulty = (metadata: object) => {
    const one = crashing("flower-server-7d9-x", 5, {});
    return { ...one, metadata: { ...one.metadata, ...metadata } };
  };

  test("do not count: terminating", () => {
    expect(cause({ pods: [faulty({ deletionTimestamp: ago(1) })] })).toBeNull();
  });

  test("do not count: of another run", () => {
    expect(cause({ run: "run2", pods: [faulty({})] })).toBeNull();
  });

  test("do not count: clients of an older template", () => {
    const old = crashing("flower-client-1", 5, {});
    const labels = { ...old.metadata.labels, "controller-revision-hash": "old" };
    const set = statefulSet(2);
    const statefulSets = [{ ...set, status: { ...set.status, updateRevision: "new" } }];
    const pods = [{ ...old, metadata: { ...old.metadata, labels } }];
    expect(cause({ pods, statefulSets })).toBeNull();
  });
});
