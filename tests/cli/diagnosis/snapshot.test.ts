import { expect, test } from "vitest";

import { ago, event, NOW, running, snapshot, statefulSet } from "../support/objects.ts";

const names = (pods: readonly { metadata: { name: string } }[]) =>
  pods.map((pod) => pod.metadata.name);

test("events of an object come oldest first, and only of the given reasons", () => {
  const events = [
    event("a", "Pulled", "2", 60, 5),
    event("a", "Pulling", "1", 60, 50),
    event("a", "Created", "3", 60, 1),
    event("b", "Pulling", "other", 60, 5),
  ];
  const found = snapshot({ events }).eventsOf({ name: "a", uid: "uid-a" }, "Pulling", "Pulled");
  expect(found.map((one) => one.message)).toEqual(["1", "2"]);
});

test("an event of an earlier object of the same name does not count", () => {
  const events = [event("a", "Failed", "old")];
  expect(snapshot({ events }).eventsOf({ name: "a", uid: "uid-new" })).toEqual([]);
});

test("an event of the newer API has its times in eventTime and series", () => {
  const series = { count: 4, lastObservedTime: ago(2) };
  const { involvedObject } = event("a", "x", "x");
  const events = [
    { involvedObject, message: "new", eventTime: ago(90), series, firstTimestamp: null },
    { involvedObject, message: "old", eventTime: ago(30) },
  ];
  const found = snapshot({ events }).eventsOf({ name: "a", uid: "uid-a" });
  expect(found.map((one) => one.message)).toEqual(["old", "new"]);
});

test("time is measured by the cluster's clock, and a missing timestamp means now", () => {
  const shot = snapshot({ now: NOW + 5000 });
  expect(shot.secondsSince(ago(10))).toBe(15);
  expect(shot.secondsSince(undefined)).toBe(0);
});

test("pods that have ended do not count", () => {
  const evicted = { ...running("flower-client-0"), status: { phase: "Failed" } };
  expect(names(snapshot({ pods: [evicted, running("flower-client-1")] }).currentPods())).toEqual([
    "flower-client-1",
  ]);
});

test("clients do not count until the cluster has seen their StatefulSet's change", () => {
  const set = statefulSet(2);
  const statefulSets = [{ ...set, metadata: { ...set.metadata, generation: 2 } }];
  expect(names(snapshot({ statefulSets }).currentPods())).toEqual(["flower-server-7d9-x"]);
});
