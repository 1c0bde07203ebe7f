import { expect, test } from "vitest";

import type { Pod } from "../../../cli/diagnosis/objects.ts";
import { ago, event, pod, running, snapshot, statefulSet, told } from "../support/objects.ts";

const SAID = "readiness gate example.org/ready is not there yet.";
const unready = pod(
  "flower-client-1",
  { state: { running: {} } },
  { status: { phase: "Running" } },
);
const pods = [running("flower-server-7d9-x"), running("flower-client-0"), unready];
const warning = (reason = "Whatever", message = SAID, last = 5) => ({
  ...event("flower-client-1", reason, message, 60, last),
  type: "Warning",
});

test("a warning that no rule knows is told in Kubernetes' own words, and ends nothing", () => {
  const sentence =
    "pod flower-client-1: Whatever: readiness gate example.org/ready is not there yet — these are Kubernetes' own words — see: kubectl -n kubeflower describe pod flower-client-1";
  expect(told({ pods, events: [warning()] })).toBe(sentence);
});

test("a workload's and a claim's warnings are told, too", () => {
  const events = [{ ...event("flower-client", "FailedUpdate", "no"), type: "Warning" }];
  expect(told({ statefulSets: [statefulSet(2)], events })).toContain(
    "statefulset flower-client: FailedUpdate: no — ",
  );
});

test("what is over is not told: a newer event, an old warning, a pod that is well, a start", () => {
  const newer = {
    ...event("flower-client-1", "Started", "Started container", 4, 4),
    type: "Normal",
  };
  const well = pod(
    "flower-client-1",
    {},
    { status: { conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(5) }] } },
  );
  const same = {
    ...event("flower-client-1", "Started", "Started container", 60, 5),
    type: "Normal",
  };
  const refused = { ...event("flower-client", "FailedCreate", "denied"), type: "Warning" };
  for (const changes of [
    { pods, events: [warning(), newer] },
    { pods, events: [same, warning()] },
    { statefulSets: [statefulSet(2)], events: [refused] },
    { pods, events: [warning("Whatever", SAID, 121)] },
    { pods, events: [{ ...event("flower-client-1", "New", SAID, 5, 1), type: "Warning" }] },
    { pods: [...snapshot().objects.pods.slice(0, 2), well], events: [warning()] },
    { pods, events: [warning("Unhealthy", "Startup probe failed: connection refused")] },
    { pods, events: [warning("Unhealthy", "Readiness probe failed: 503")] },
  ]) {
    expect(told(changes)).toBeNull();
  }
});

test("a server that stays unready is told of by its probe's failure", () => {
  const [server, ...clients] = pods;
  const name = "flower-server-7d9-x";
  const said = "Readiness probe failed: HTTP probe failed with statuscode: 404";
  const events = [{ ...event(name, "Unhealthy", said), type: "Warning" }];
  const starts = (seconds: number) => ({
    ...server,
    status: { ...server?.status, startTime: ago(seconds) },
  });
  const changes = (seconds: number) => ({ pods: [starts(seconds) as Pod, ...clients], events });
  expect(told(changes(9))).toBeNull();
  expect(told(changes(10))).toContain(`pod ${name}: Unhealthy: ${said} — `);
});
