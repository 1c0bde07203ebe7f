import { expect, test } from "vitest";

import { PhasePrinter } from "../../cli/phasePrinter.ts";
import { after, follow, waiting } from "./support/world.ts";

const POD = {
  metadata: { name: "flower-server-1", uid: "1", labels: { app: "flower-server" } },
  spec: { nodeName: "worker", containers: [{ name: "server", image: "kubeflower:abc" }] },
  status: { containerStatuses: [{ name: "server", restartCount: 0, state: { waiting: {} } }] },
};
const OBJECTS = {
  pods: [POD],
  deployments: [{ metadata: { name: "flower-server", uid: "2" }, spec: { replicas: 1 } }],
  statefulSets: [{ metadata: { name: "flower-client", uid: "3" }, spec: { replicas: 2 } }],
  events: [{ involvedObject: { name: "flower-server-1", uid: "1" }, reason: "Pulling" }],
};

test("each phase is told with its seconds, and a line comes only when something has changed", async () => {
  const world = follow(
    (s) => {
      if (s < 12) return null;
      if (s < 16) return waiting;
      if (s < 21) return { ...waiting, nodes: [0], waitingFor: [1] };
      return after(s < 30 ? 0 : 2, s < 30 ? "running" : "completed");
    },
    { objects: OBJECTS },
  );
  await world.result;
  expect(world.lines.slice(0, 6)).toEqual([
    "pods: 0 of 3 ready, waiting for the server: pulling kubeflower:abc on node worker",
    "the server is ready after 12 s, 12 s of them for images",
    "waiting for 2 of 2 clients: client 0 (it has no pod yet), client 1 (it has no pod yet)",
    "waiting for 1 of 2 clients: client 1 (it has no pod yet)",
    "the clients are connected after 9 s",
    "round 1/2  accuracy 0.500  loss 0.500  replies 2/2  1.0 s",
  ]);
});

test("a server that is gone ends no phase well", async () => {
  const world = follow((s) => {
    if (s < 3) return waiting;
    return s < 12 ? null : after(2, "completed");
  });
  await world.result;
  expect(world.lines.filter((line) => /^(the|waiting)/.test(line))).toEqual([
    "waiting for 2 of 2 clients: client 0 (it has no pod yet), client 1 (it has no pod yet)",
    "the server is ready after 9 s",
  ]);
});

test("a count that goes up and down is printed, and is no news", () => {
  const lines: string[] = [];
  const phases = new PhasePrinter(
    (line) => lines.push(line),
    () => 0,
  );
  const show = (count: string): boolean => phases.show({ text: "waiting", busy: false }, count);
  expect([show("1 of 3"), show("2 of 3"), show("2 of 3")]).toEqual([true, false, false]);
  expect(lines).toEqual(["1 of 3, waiting", "2 of 3, waiting"]);
  expect(phases.waiting).toBe("waiting");
});
