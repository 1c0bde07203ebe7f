import { expect, test } from "vitest";

import type { Workload } from "../../../cli/diagnosis/objects.ts";
import { ago, cause, deployment, snapshot, statefulSet, told } from "../support/objects.ts";

const WITHOUT_CLIENTS = snapshot().objects.pods.slice(0, 1);

function changed(workload: Workload, seconds: number, subresource?: string): Workload {
  const managedFields = [
    { time: ago(seconds), ...(subresource === undefined ? {} : { subresource }) },
  ];
  return { ...workload, metadata: { ...workload.metadata, generation: 2, managedFields } };
}

test("a change that no controller has looked at is told after 8 s, and lasts after a minute", () => {
  const sentence =
    "StatefulSet flower-client waits for Kubernetes' controller manager, which has not looked at its last change — that program of the cluster must run, and no quota may keep it from its work — see: kubectl -n kube-system get pods && kubectl -n kubeflower describe quota";
  expect(told({ statefulSets: [changed(statefulSet(2), 7)] })).toBeNull();
  expect(told({ statefulSets: [changed(statefulSet(2), 8)] })).toBe(sentence);
  expect(cause({ statefulSets: [changed(statefulSet(2), 59)] })).toBeNull();
  expect(cause({ statefulSets: [changed(statefulSet(2), 60)] })).toBe(sentence);
});

test("a Deployment that no controller has ever looked at is told, too", () => {
  expect(told({ deployments: [changed(deployment(2, 2), 30)] })).toMatch(
    /^Deployment flower-server waits for Kubernetes' controller manager/,
  );
});

test("pods that the API server takes, and that nobody makes, are told after 8 s", () => {
  const set = (seconds: number) => {
    const one = changed(statefulSet(2, 0), seconds, "status");
    return [{ ...one, metadata: { ...one.metadata, generation: 1 } }];
  };
  const trials = { "flower-client": null };
  const wake =
    'Kubernetes\' controller manager waits up to 17 min after a refusal, or does not run (see: kubectl -n kube-system get pods) — wake it: kubectl -n kubeflower annotate statefulset flower-client kubeflower/woken="$(date)" --overwrite';
  expect(told({ pods: WITHOUT_CLIENTS, statefulSets: set(7), trials })).toBeNull();
  expect(told({ pods: WITHOUT_CLIENTS, statefulSets: set(8), trials })).toBe(
    `StatefulSet flower-client lacks 2 pods, though the API server refuses none now: ${wake}`,
  );
  expect(told({ pods: WITHOUT_CLIENTS, statefulSets: set(8) })).toBe(
    `StatefulSet flower-client lacks 2 pods, and no event says why: ${wake}`,
  );
  expect(cause({ pods: WITHOUT_CLIENTS, statefulSets: set(999), trials })).toBeNull();
});
