import { expect, test } from "vitest";

import { ago, cause, pod, running, told } from "../support/objects.ts";

const OTHERS = [running("flower-server-7d9-x"), running("flower-client-0")];
const gated = (seconds: number, reason = "ReadinessGatesNotReady") => {
  const ready = {
    type: "Ready",
    status: "False",
    reason,
    message: "gate example.org/ready is not there.",
    lastTransitionTime: ago(seconds),
  };
  const status = { phase: "Running", conditions: [ready] };
  return [...OTHERS, pod("flower-client-1", { state: { running: {} } }, { status })];
};

test("a condition that keeps a pod from being ready is told in Kubernetes' own words, and ends nothing", () => {
  expect(told({ pods: gated(5) })).toBeNull();
  expect(told({ pods: gated(6) })).toBe(
    "pod flower-client-1: ReadinessGatesNotReady: gate example.org/ready is not there — these are Kubernetes' own words — see: kubectl -n kubeflower describe pod flower-client-1",
  );
  expect(cause({ pods: gated(999) })).toBeNull();
});

test("containers that are not ready are left to other rules", () => {
  expect(told({ pods: gated(60, "ContainersNotReady") })).toBeNull();
});
