import { expect, test } from "vitest";
import { condition, currentPods, eventsOf, secondsSince } from "../../cli/objects.ts";
import { ago, event, NOW, pending, running, snapshot, statefulSet } from "./objects.ts";

const names = (pods: readonly { metadata: { name: string } }[]) =>
  pods.map((pod) => pod.metadata.name);

test("events of an object come oldest first and only of the reasons asked for", () => {
  const events = [
    event("a", "Pulled", "2", 60, 5),
    event("a", "Pulling", "1", 60, 50),
    event("a", "Created", "3", 60, 1),
    event("b", "Pulling", "other", 60, 5),
  ];
  const found = eventsOf(snapshot({ events }), { name: "a", uid: "uid-a" }, "Pulling", "Pulled");
  expect(found.map((one) => one.message)).toEqual(["1", "2"]);
});

test("an event of an object of the same name that is gone does not count", () => {
  const events = [event("a", "Failed", "old")];
  expect(eventsOf(snapshot({ events }), { name: "a", uid: "uid-new" })).toEqual([]);
});

test("an event of the newer API has its times in eventTime and series", () => {
  const series = { count: 4, lastObservedTime: ago(2) };
  const { involvedObject } = event("a", "x", "x");
  const events = [
    { involvedObject, message: "new", eventTime: ago(90), series, firstTimestamp: null },
    { involvedObject, message: "old", eventTime: ago(30) },
  ];
  const found = eventsOf(snapshot({ events }), { name: "a", uid: "uid-a" });
  expect(found.map((one) => one.message)).toEqual(["old", "new"]);
});

test("time is counted by the cluster's clock, and a missing timestamp is now", () => {
  const shot = snapshot({ now: NOW + 5000 });
  expect(secondsSince(shot, ago(10))).toBe(15);
  expect(secondsSince(shot, undefined)).toBe(0);
});

test("pods that have ended do not count", () => {
  const evicted = { ...running("flower-client-0"), status: { phase: "Failed" } };
  expect(names(currentPods(snapshot({ pods: [evicted, running("flower-client-1")] })))).toEqual([
    "flower-client-1",
  ]);
});

test("clients do not count while their StatefulSet's change has not been seen yet", () => {
  const set = statefulSet(2);
  const statefulSets = [{ ...set, metadata: { ...set.metadata, generation: 2 } }];
  expect(names(currentPods(snapshot({ statefulSets })))).toEqual(["flower-server-7d9-x"]);
});

test("a condition is found by its type", () => {
  const waits = pending("flower-client-0", "no room", 5);
  expect(condition(waits, "PodScheduled")?.message).toBe("no room");
  expect(condition(waits, "Ready")).toBeUndefined();
});
