import { describe, expect, test } from "vitest";

import { cause, event, replicaSet, statefulSet } from "../support/objects.ts";

describe("pods that the API server refuses to create", () => {
  test("because of a quota are reported with its numbers", () => {
    const message =
      'create Pod flower-client-1 in StatefulSet flower-client failed error: pods "flower-client-1" is forbidden: exceeded quota: small, requested: memory=768Mi, used: memory=1Gi, limited: memory=1Gi';
    const events = [event("flower-client", "FailedCreate", message)];
    expect(cause({ statefulSets: [statefulSet(2, 1)], events })).toBe(
      'a client\'s pod is refused by the namespace\'s quota: exceeded quota: small, requested: memory=768Mi, used: memory=1Gi, limited: memory=1Gi — raise it: kubectl -n kubeflower patch resourcequota small --type merge -p \'{"spec":{"hard":{"memory":"1792Mi"}}}\'',
    );
  });

  test("because of Pod Security are reported with its rule", () => {
    const message =
      'Error creating: pods "flower-server-7d9-y" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true';
    const events = [event("flower-server-7d9", "FailedCreate", message)];
    expect(cause({ replicaSets: [replicaSet(0)], events })).toBe(
      'the server\'s pod is refused: violates PodSecurity "restricted:latest": runAsNonRoot != true — let the namespace take it: kubectl label namespace kubeflower pod-security.kubernetes.io/enforce=baseline --overwrite',
    );
  });

  test("are no fault once they exist", () => {
    const events = [event("flower-server-7d9", "FailedCreate", "exceeded quota")];
    expect(cause({ events })).toBeNull();
  });
});
