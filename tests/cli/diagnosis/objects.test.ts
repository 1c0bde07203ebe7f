import { expect, test } from "vitest";

import { condition, engineLog, engineStatus } from "../../../cli/diagnosis/objects.ts";
import { pending, running } from "../support/objects.ts";

test("a condition is found by its type", () => {
  const waits = pending("flower-client-0", "no room", 5);
  expect(condition(waits, "PodScheduled")?.message).toBe("no room");
  expect(condition(waits, "Ready")).toBeUndefined();
});

test("the engine's container is the pod's first, whatever its name among others", () => {
  const pod = running("flower-client-0");
  expect(engineLog(pod)).toEqual({});
  expect(engineStatus(pod)).toBe(pod.status?.containerStatuses?.[0]);
  const [engine] = pod.status?.containerStatuses ?? [];
  const agent = { name: "agent", restartCount: 0 };
  const two = {
    ...pod,
    spec: { ...pod.spec, containers: [{ name: "client" }, { name: "agent" }] },
    // The kubelet sorts them by name.
    status: {
      ...pod.status,
      containerStatuses: [agent, { restartCount: 2, ...engine, name: "client" }],
    },
  };
  expect(engineLog(two)).toEqual({ container: "client" });
  expect(engineStatus(two)?.name).toBe("client");
});
