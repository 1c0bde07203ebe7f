import { expect, test } from "vitest";

import { ago, cause, event, pod, running, told } from "../support/objects.ts";

const OTHERS = [running("flower-server-7d9-x"), running("flower-client-0")];
const ending = (late: number, metadata: object = {}) =>
  pod("flower-client-1", {}, { metadata: { deletionTimestamp: ago(late), ...metadata } });

test("a pod that ends later than it should is told of with what the kubelet says, and lasts after a minute", () => {
  const events = [event("flower-client-1", "FailedKillPod", "error killing pod: no answer.")];
  const pods = (late: number) => [...OTHERS, ending(late)];
  const sentence =
    "pod flower-client-1 does not end on node node-1: error killing pod: no answer — a new pod waits for that — where nothing of it runs any more: kubectl -n kubeflower delete pod flower-client-1 --force";
  expect(told({ pods: pods(7), events })).toBeNull();
  expect(told({ pods: pods(8), events })).toBe(sentence);
  expect(cause({ pods: pods(59), events })).toBeNull();
  expect(cause({ pods: pods(60), events })).toBe(sentence);
});

test("a finalizer that keeps a pod is named: no force ends that", () => {
  const pods = [...OTHERS, ending(9, { finalizers: ["example.org/held"] })];
  expect(told({ pods })).toBe(
    "pod flower-client-1 does not end: finalizer example.org/held keeps it — whoever has set that takes it off, see: kubectl -n kubeflower get pod flower-client-1 -o jsonpath={.metadata.finalizers}",
  );
});

test("a node that is not ready is told of before the pods that cannot end there", () => {
  const ready = { type: "Ready", status: "Unknown", message: "gone.", lastTransitionTime: ago(9) };
  const node = { metadata: { name: "node-1" }, status: { conditions: [ready] } };
  expect(told({ pods: [ending(9)], nodes: [node] })).toMatch(
    /^node node-1 of pod flower-client-1 is not ready: gone — /,
  );
});
