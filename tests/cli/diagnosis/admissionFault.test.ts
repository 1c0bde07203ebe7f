import { describe, expect, test } from "vitest";

import type { Workload } from "../../../cli/diagnosis/objects.ts";
import { ago, cause, event, pod, snapshot, statefulSet, told } from "../support/objects.ts";

const WITHOUT_CLIENT = snapshot().objects.pods.slice(0, 2);
const WITHOUT_SERVER = snapshot().objects.pods.slice(1);
const SMALL =
  'pods "flower-client-1" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2';
const RAISE =
  'a client\'s pod is refused by the namespace\'s quota: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2 — raise it: kubectl -n kubeflower patch resourcequota small --type merge -p \'{"spec":{"hard":{"pods":"3"}}}\'';
/** Clients whose controller wrote their status so many seconds ago. */
function clients(seconds: number): Workload {
  const set = statefulSet(2, 1);
  const managedFields = [{ subresource: "status", time: ago(seconds) }];
  return { ...set, metadata: { ...set.metadata, managedFields } };
}

describe("pods that the API server refuses to create", () => {
  test("because of a quota are reported with its numbers", () => {
    const message =
      'create Pod flower-client-1 in StatefulSet flower-client failed error: pods "flower-client-1" is forbidden: exceeded quota: small, requested: memory=768Mi, used: memory=1Gi, limited: memory=1Gi';
    const events = [event("flower-client", "FailedCreate", message)];
    expect(cause({ pods: WITHOUT_CLIENT, events })).toBe(
      'a client\'s pod is refused by the namespace\'s quota: exceeded quota: small, requested: memory=768Mi, used: memory=1Gi, limited: memory=1Gi — raise it: kubectl -n kubeflower patch resourcequota small --type merge -p \'{"spec":{"hard":{"memory":"1792Mi"}}}\'',
    );
  });

  test("because of Pod Security are reported with its rule", () => {
    const message =
      'Error creating: pods "flower-server-7d9-y" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true';
    const events = [event("flower-server-7d9", "FailedCreate", message)];
    expect(cause({ pods: WITHOUT_SERVER, events })).toBe(
      'the server\'s pod is refused: violates PodSecurity "restricted:latest": runAsNonRoot != true — let the namespace take it: kubectl label namespace kubeflower pod-security.kubernetes.io/enforce=baseline --overwrite',
    );
  });

  test("are no fault once they exist", () => {
    const events = [event("flower-server-7d9", "FailedCreate", "exceeded quota")];
    expect(cause({ events })).toBeNull();
  });

  test("are found by a trial where Kubernetes takes no more events", () => {
    const trials = { "flower-client": SMALL };
    expect(cause({ pods: WITHOUT_CLIENT, statefulSets: [clients(10)], trials })).toBe(RAISE);
    expect(cause({ pods: WITHOUT_CLIENT, statefulSets: [clients(9)], trials })).toBeNull();
    expect(told({ pods: WITHOUT_CLIENT, statefulSets: [clients(0)], trials })).toBe(RAISE);
  });

  test("are told by the trial rather than by an event, which may be of another reason", () => {
    const events = [event("flower-client", "FailedCreate", "no PriorityClass with name high")];
    const trials = { "flower-client": SMALL };
    expect(told({ pods: WITHOUT_CLIENT, events, trials })).toBe(RAISE);
  });

  test("are no longer refused when the trial succeeds, though an event is young", () => {
    const events = [event("flower-client", "FailedCreate", SMALL)];
    expect(told({ pods: WITHOUT_CLIENT, events, trials: { "flower-client": null } })).toBeNull();
  });

  test("wait for one that is ending, which has a part of the quota", () => {
    const ending = pod("flower-server-7d8-y", {}, { metadata: { deletionTimestamp: ago(-9) } });
    const trials = { "flower-client": SMALL };
    expect(told({ pods: [...WITHOUT_CLIENT, ending], trials })).toBeNull();
  });
});
