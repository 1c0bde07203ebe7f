import { expect, test } from "vitest";

import { ago, cause, deployment, event, pod, running, told } from "../support/objects.ts";

const CLIENTS = [running("flower-client-0"), running("flower-client-1")];
const rejected = (reason: string, message: string, seconds: number) => ({
  ...pod(
    "flower-server-7d9-a",
    {},
    {
      status: { phase: "Failed", reason, message, startTime: ago(seconds), containerStatuses: [] },
    },
  ),
});

test.each([
  [
    "OutOfmemory",
    "Pod was rejected: Node didn't have enough resource: memory, requested: 1073741824, used: 0, capacity: 9",
    "see what it lacks: kubectl describe node node-1",
  ],
  [
    "Evicted",
    "The node was low on resource: ephemeral-storage. ",
    "see what it lacks: kubectl describe node node-1",
  ],
  [
    "UnexpectedAdmissionError",
    "Allocate failed",
    "see what it lacks: kubectl describe node node-1",
  ],
  [
    "Preempting",
    "Preempted in order to admit critical pod",
    "give the pods a higher priority: pulumi config set priorityClass <name>",
  ],
])("a pod that its node ended is told in the kubelet's words: %s", (reason, message, remedy) => {
  const pods = (seconds: number) => [...CLIENTS, rejected(reason, message, seconds)];
  const words = message.trim().replace(/\.$|^Pod was rejected: /g, "");
  const sentence = `pod flower-server-7d9-a was ${message.includes("rejected") ? "refused" : "ended"} by node node-1 (${reason}): ${words} — ${remedy}`;
  expect(told({ pods: pods(4) })).toBe(sentence);
  expect(cause({ pods: pods(4) })).toBeNull();
  expect(cause({ pods: pods(60) })).toBe(sentence);
});

test("a pod whose place another has taken is forgotten, and so is an old one", () => {
  const old = rejected("Evicted", "The node was low on resource: memory.", 20);
  expect(told({ pods: [...CLIENTS, old, running("flower-server-7d9-b")] })).toBeNull();
  expect(told({ pods: [...CLIENTS, rejected("Evicted", "low", 301)] })).toBeNull();
});

test("a client that its node refuses again and again is told by the events of pods that are gone", () => {
  const refused = (pods: number, seconds: number) => ({
    pods: [running("flower-server-7d9-x"), running("flower-client-0")],
    events: Array.from({ length: pods }, (_, number) => ({
      ...event("flower-client-1", "AppArmor", "AppArmor is not enabled", seconds, 1),
      type: "Warning",
      source: { host: "node-1" },
      involvedObject: { kind: "Pod", name: "flower-client-1", uid: String(number) },
    })),
  });
  expect(told(refused(2, 9))).toBeNull();
  const sentence =
    "pod flower-client-1 was refused by node node-1 (AppArmor): AppArmor is not enabled — take it out of the setting clientPod, or, where somebody else gave it to the pods: pulumi up --refresh";
  expect(told(refused(3, 9))).toBe(sentence);
  expect(cause(refused(3, 59))).toBeNull();
  expect(cause(refused(3, 60))).toBe(sentence);
  const begun = refused(3, 9).events.map((one) => ({ ...one, type: "Normal", reason: "Started" }));
  expect(told({ ...refused(3, 9), events: [...refused(3, 9).events, ...begun] })).toBeNull();
  const scheduler = refused(3, 9).events.map((one) => ({ ...one, source: {} }));
  expect(told({ ...refused(3, 9), events: scheduler })).toBeNull();
  expect(cause({ ...refused(3, 60), deployments: [deployment(1, 1)] })).toBeNull();
});
