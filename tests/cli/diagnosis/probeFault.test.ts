import { expect, test } from "vitest";

import { cause, crashing, event, pod, running, told } from "../support/objects.ts";

const NAME = "flower-server-7d9-x";
const clients = [running("flower-client-0"), running("flower-client-1")];
const events = (seconds: number) => [
  event(NAME, "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500", 60, 9),
  event(NAME, "Unhealthy", "Readiness probe failed: connection refused", 60, 1),
  event(NAME, "Killing", "Container server failed liveness probe, will be restarted", 60, seconds),
];
const sentence =
  "container server of pod flower-server-7d9-x is ended by its node as it does not answer: Liveness probe failed: HTTP probe failed with statuscode: 500 — see its log: kubectl -n kubeflower logs flower-server-7d9-x -c server --previous; or, where somebody has changed that probe: pulumi up --refresh";

test("a container that its probe ends is told by that probe's failure, also while it runs again", () => {
  const pods = [...clients, pod(NAME, { restartCount: 1, state: { running: {} } })];
  expect(told({ pods, events: events(1) })).toBe(sentence);
  expect(cause({ pods, events: events(1) })).toBeNull();
  expect(told({ pods, events: events(121) })).toBeNull();
});

test("it lasts when the container ends repeatedly", () => {
  const pods = [...clients, crashing(NAME, 2, { exitCode: 0 })];
  expect(cause({ pods, events: events(1) })).toBe(sentence);
});
