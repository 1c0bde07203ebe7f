import { describe, expect, test } from "vitest";

import {
  cause,
  claim,
  event,
  pending,
  pod,
  running,
  statefulSet,
  told,
} from "../support/objects.ts";

const server = running("flower-server-7d9-x");
const client = running("flower-client-0");
const SCHEDULER =
  "0/1 nodes are available: 1 Insufficient memory. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.";

describe("a pod that no node takes", () => {
  test("is reported after 60 s, with the scheduler's words and the number of clients that run", () => {
    const pods = (seconds: number) => [
      server,
      client,
      pending("flower-client-1", SCHEDULER, seconds),
    ];
    expect(cause({ pods: pods(59) })).toBeNull();
    expect(told({ pods: pods(2) })).toBeNull();
    expect(told({ pods: pods(3) })).toBe(cause({ pods: pods(60) }));
    expect(cause({ pods: pods(60) })).toBe(
      "1 of 2 clients run: no node takes pod flower-client-1: 0/1 nodes are available: 1 Insufficient memory — ask for less: pulumi config set --path clientResources.memory 512Mi",
    );
  });

  test("is reported with clients of an older template counted while they run", () => {
    const labels = (revision: string) => ({
      labels: { app: "flower-client", "controller-revision-hash": revision },
    });
    const old = pod("flower-client-0", {}, { metadata: labels("1"), status: { phase: "Running" } });
    const waits = pending("flower-client-1", SCHEDULER, 61);
    const fresh = { ...waits, metadata: { ...waits.metadata, ...labels("2") } };
    const set = statefulSet(2);
    const status = { ...set.status, updateRevision: "2" };
    expect(cause({ pods: [server, old, fresh], statefulSets: [{ ...set, status }] })).toMatch(
      /^1 of 2 clients run: no node takes pod flower-client-1: /,
    );
  });

  test("for lack of its volume is left to the volume's own fault where that is known in time", () => {
    const waits = pending("flower-server-7d9-x", "unbound immediate PersistentVolumeClaims.", 90);
    expect(told({ pods: [waits], claims: [claim("slow", 7)] })).toBeNull();
    const asked = event("flower-server", "ExternalProvisioning", "waiting for a volume");
    expect(told({ pods: [waits], claims: [claim("slow", 9)], events: [asked] })).toContain(
      "no provisioner example.org/slow answers",
    );
    expect(cause({ pods: [waits], claims: [claim("slow", 99)] })).toBeNull();
    expect(told({ pods: [waits], claims: [claim("slow", 9)] })).toContain(
      "no node takes pod flower-server-7d9-x: unbound",
    );
  });

  test("gets more time while the cluster adds a node for it", () => {
    const pods = [server, client, pending("flower-client-1", SCHEDULER, 120)];
    const events = [event("flower-client-1", "TriggeredScaleUp", "pod triggered scale-up")];
    expect(cause({ pods, events })).toBeNull();
  });

  test.each([
    ["1 Insufficient nvidia.com/gpu.", "pulumi config set gpus 0"],
    ["1 Insufficient cpu.", "pulumi config set --path clientResources.cpu 100m"],
    ["1 node(s) didn't match pod anti-affinity rules.", "pulumi config set spread preferred"],
    ["1 Insufficient ephemeral-storage.", "kubectl describe nodes"],
    ["1 node(s) had untolerated taint {x: }.", "kubectl taint nodes --all x-"],
  ])("for lack of %s gets the remedy %s", (lack, remedy) => {
    const message = `0/1 nodes are available: ${lack}`;
    const pods = [server, client, pending("flower-client-1", message, 90)];
    expect(cause({ pods })?.endsWith(remedy)).toBe(true);
  });
});
