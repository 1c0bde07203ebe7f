import { expect, test } from "vitest";

import type { Status } from "../../contract/status.ts";
import { after, follow, stuckClaim } from "./support/world.ts";

/** Time at which every world begins. */
const START = new Date(1_000_000).toISOString();

test("a cause that lasts ends the following, well within three minutes", async () => {
  const world = follow(() => null, { objects: { claims: [stuckClaim] } });
  await expect(world.result).rejects.toThrow("StorageClass fast does not exist");
  expect(world.seconds()).toBeLessThan(30);
});

test("a cause does not end a run whose rounds go on", async () => {
  const world = follow((s) => (s < 40 ? after(1) : after(2, "completed")), {
    objects: { claims: [stuckClaim] },
  });
  expect(await world.result).toMatchObject({ state: "completed" });
});

test("a cause is printed as soon as it is known, once, and before it lasts", async () => {
  const claim = { ...stuckClaim, metadata: { ...stuckClaim.metadata, creationTimestamp: START } };
  const world = follow((s) => (s < 20 ? null : after(2, "completed")), {
    objects: { claims: [claim] },
  });
  await world.result;
  expect(world.lines.filter((line) => line.startsWith("StorageClass fast"))).toHaveLength(1);
});

test("a client that goes offline in a round is looked at, and its fault told", async () => {
  const offline: Status = {
    ...after(0),
    clients: [{ partition: 0, doing: "offline", seconds: null }],
  };
  const world = follow((s) => (s < 9 ? offline : after(2, "completed")), {
    objects: { claims: [stuckClaim] },
  });
  expect(await world.result).toMatchObject({ state: "completed" });
  expect(world.lines.filter((line) => line.startsWith("StorageClass fast"))).toHaveLength(1);
});
