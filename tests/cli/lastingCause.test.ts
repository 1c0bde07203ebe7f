import { expect, test } from "vitest";

import { after, follow, stuckClaim } from "./support/world.ts";

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
