import { expect, test } from "vitest";

import { ago, cause, claim, event, pod, running, told } from "../support/objects.ts";

/** A client whose claim `scans` is pending, and that has no condition yet. */
function waiting(annotations: Record<string, string>, reason: string) {
  const creationTimestamp = ago(60);
  const one = pod("flower-client-1", {}, { metadata: { creationTimestamp } });
  const volumes = [{ persistentVolumeClaim: { claimName: "scans" } }];
  return {
    pods: [
      running("flower-server-7d9-x"),
      running("flower-client-0"),
      { ...one, status: {}, spec: { containers: one.spec.containers, volumes } },
    ],
    dataClaims: [
      { ...claim("lazy", 60), metadata: { name: "scans", creationTimestamp, annotations } },
    ],
    events: [
      { ...event("scans", reason, "the driver makes it", 60), involvedObject: { name: "scans" } },
    ],
  };
}
const CHOSEN = { "volume.kubernetes.io/selected-node": "node-1" };

test("a scheduler that waits for a client's volume is not said to be missing", () => {
  const changes = waiting(CHOSEN, "Provisioning");
  expect(told(changes)).toBe(
    "waiting for the volume of PVC scans (pod flower-client-1): the driver makes it — see: kubectl -n kubeflower describe pvc scans",
  );
  expect(cause(changes)).toBeNull();
});

test("a claim whose turn has not come is no cause", () => {
  expect(told(waiting({}, "WaitForFirstConsumer"))).toMatch(/^no scheduler has looked at pod /);
});
