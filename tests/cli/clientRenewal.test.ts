import { expect, test } from "vitest";

import { ago } from "./support/objects.ts";
import { after, follow, waiting } from "./support/world.ts";

test("clients of an older template are deleted at once while the run waits for them", async () => {
  const pod = (name: string, revision: string) => ({
    metadata: { name, labels: { app: "flower-client", "controller-revision-hash": revision } },
    spec: { containers: [] },
  });
  const set = {
    metadata: { name: "flower-client", generation: 2 },
    spec: { replicas: 2 },
    status: { observedGeneration: 2, updateRevision: "new" },
  };
  const objects = {
    statefulSets: [set],
    pods: [pod("flower-client-0", "old"), pod("flower-client-1", "new")],
  };
  const world = follow((s) => (s < 2 ? waiting : after(2, "completed")), { objects });
  await world.result;
  expect(world.deleted).toEqual(["flower-client-0"]);
});

test("a client that an older one kept from its node is deleted once the older one is gone", async () => {
  const pod = (name: string, revision: string, scheduled: string) => ({
    metadata: { name, labels: { app: "flower-client", "controller-revision-hash": revision } },
    spec: { containers: [] },
    status: { conditions: [{ type: "PodScheduled", status: scheduled }] },
  });
  const status = { observedGeneration: 1, updateRevision: "new" };
  const set = { metadata: { name: "flower-client", generation: 1 }, spec: { replicas: 2 }, status };
  const held = pod("flower-client-1", "new", "False");
  const objects = { statefulSets: [set], pods: [pod("flower-client-0", "old", "True"), held] };
  const old = pod("flower-client-0", "old", "True");
  const ending = { ...old, metadata: { ...old.metadata, deletionTimestamp: ago(1) } };
  const world = follow(
    (s) => {
      // It takes a while to end, and holds its place until then.
      if (s >= 2) objects.pods = [ending, held];
      if (s >= 9) objects.pods = [pod("flower-client-0", "new", "True"), held];
      if (s === 8) expect(world.deleted).toEqual(["flower-client-0"]);
      return s < 18 ? waiting : after(2, "completed");
    },
    { objects },
  );
  await world.result;
  expect(world.deleted).toEqual(["flower-client-0", "flower-client-1"]);
});
