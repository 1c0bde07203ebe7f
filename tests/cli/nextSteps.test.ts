import { expect, test } from "vitest";

import { after, follow } from "./support/world.ts";

test("a completed run ends with how to get its results and its page", async () => {
  const world = follow(() => after(2, "completed"));
  await world.result;
  expect(world.lines.at(-1)).toBe(
    "next: npx kubeflower results — the model and all else, here; npx kubeflower report — one page of it",
  );
});

test("a failed run ends with what tells its cause", async () => {
  const world = follow(() => ({ ...after(1, "failed"), reason: "no" }));
  await expect(world.result).rejects.toThrow("no");
  expect(world.lines.at(-1)).toBe(
    "next: npx kubeflower events — what happened; npx kubeflower logs — what the pods printed; npx kubeflower report — one page of it",
  );
});

test("a run that is followed no further ends with how to look at it, without a table", async () => {
  const world = follow(() => after(1), { wait: false });
  await world.result;
  expect(world.lines).toEqual([
    "round 1/2  accuracy 0.500  loss 0.500  replies 2/2  1.0 s  about 1 s left",
    "next: npx kubeflower status — how far it is; npx kubeflower events — what happened",
  ]);
});
