import { expect, test } from "vitest";

import { lackingPods } from "../../../cli/diagnosis/lackingPods.ts";
import type { FederationObjects } from "../../../cli/diagnosis/snapshot.ts";
import { ago, event, pod, replicaSet, snapshot, statefulSet } from "../support/objects.ts";

const [SERVER, ...CLIENTS] = snapshot().objects.pods;
const ENDING = { deletionTimestamp: ago(-9) };

function lacking(changes: Partial<FederationObjects>) {
  return lackingPods(snapshot(changes)).map(({ workload, ...one }) => ({
    ...one,
    name: workload.metadata.name,
  }));
}

test("a healthy federation lacks no pod", () => {
  expect(lacking({})).toEqual([]);
  expect(lacking({ deployments: [], replicaSets: [], statefulSets: [], pods: [] })).toEqual([]);
});

test("clients lack the pods of the numbers that nobody has, the lowest first", () => {
  expect(lacking({ statefulSets: [statefulSet(5)] })).toEqual([
    {
      kind: "StatefulSet",
      role: "client",
      name: "flower-client",
      missing: 3,
      ordinal: 2,
      seconds: 0,
    },
  ]);
});

test("a client that is ending, or has failed, keeps its place", () => {
  const [first] = CLIENTS;
  const ending = pod("flower-client-1", {}, { metadata: ENDING });
  const failed = pod("flower-client-1", {}, { status: { phase: "Failed" } });
  for (const other of [ending, failed]) {
    expect(lacking({ pods: [SERVER, first, other].filter((one) => one !== undefined) })).toEqual(
      [],
    );
  }
});

test("a server lacks a pod beside one that is ending, has failed, or is of an older ReplicaSet", () => {
  const owner = { ownerReferences: [{ uid: "uid-older" }] };
  const others = [
    pod("flower-server-7d9-x", {}, { metadata: ENDING }),
    pod("flower-server-7d9-x", {}, { status: { phase: "Failed" } }),
    pod("flower-server-7d9-x", {}, { metadata: { ...owner, labels: { app: "flower-server" } } }),
  ];
  for (const other of others) {
    expect(lacking({ pods: [other, ...CLIENTS] })).toEqual([
      {
        kind: "ReplicaSet",
        role: "server",
        name: "flower-server-7d9",
        missing: 1,
        ordinal: undefined,
        seconds: 0,
      },
    ]);
  }
});

test("pods lack since the status was written last, or since the kubelet ended one of them", () => {
  const set = replicaSet(0);
  const managedFields = [
    { time: ago(20) },
    { subresource: "status", time: ago(300) },
    { subresource: "status", time: ago(200) },
  ];
  const metadata = { ...set.metadata, creationTimestamp: ago(400), managedFields };
  const changes = { pods: CLIENTS, replicaSets: [{ ...set, metadata }] };
  const age = (events: FederationObjects["events"]) =>
    lacking({ ...changes, events }).map(({ seconds }) => seconds);
  expect(age([])).toEqual([200]);
  expect(age([event("flower-server-7d9-x", "Killing", "Stopping container", 90, 80)])).toEqual([
    80,
  ]);
  expect(age([event("flower-client-0", "Killing", "Stopping container", 90, 80)])).toEqual([200]);
});
