import { expect, test } from "vitest";

import { ago, cause, pod, told } from "../support/objects.ts";

const condition = (status: string, seconds: number) => [
  { type: "Ready", status, lastTransitionTime: ago(seconds) },
];
const server = (status: string, seconds = 999) => {
  const conditions = condition(status, seconds);
  return pod("flower-server-7d9-x", { state: { running: {} } }, { status: { conditions } });
};
const client = (number: number, seconds: number, status = {}) =>
  pod(
    `flower-client-${String(number)}`,
    { state: { running: { startedAt: ago(seconds) } } },
    { status: { startTime: ago(seconds), conditions: condition("False", seconds), ...status } },
  );

test("of pods that are not ready the one is told that has not been for longest, and no update ends", () => {
  const pods = [server("True"), client(0, 20), client(1, 600)];
  expect(told({ pods })).toMatch(/^waiting for pod flower-client-1: its program runs, /);
  expect(cause({ pods })).toBeNull();
});

test("clients are not told of while no server is ready, or has just become so", () => {
  const clients = [client(0, 20), client(1, 600)];
  expect(told({ pods: [server("False", 2), ...clients] })).toBeNull();
  expect(told({ pods: [server("True", 9), ...clients] })).toBeNull();
});

test("a container that runs beside the others need not end, but start", () => {
  const pods = (restartPolicy: string, started: boolean) => {
    const running = { startedAt: ago(99) };
    const beside = { name: "mesh", restartCount: 0, started, state: { running } };
    const one = client(1, 9, { initContainerStatuses: [beside] });
    const initContainers = [{ name: "mesh", restartPolicy }];
    return [server("True"), client(0, 1), { ...one, spec: { ...one.spec, initContainers } }];
  };
  expect(told({ pods: pods("Always", true) })).toBeNull();
  expect(told({ pods: pods("Always", false) })).toMatch(
    /^waiting for container mesh of pod flower-client-1, .*: it must start, by its startup probe — /,
  );
  expect(told({ pods: pods("", true) })).toMatch(
    /^waiting for container mesh of pod flower-client-1, .*: it must end — /,
  );
});
