import { expect, test } from "vitest";

import { after, follow } from "./support/world.ts";

test("each round is printed once, and a completed run gives its result", async () => {
  const world = follow((s) => (s < 3 ? after(1) : after(2, "completed")));
  expect(await world.result).toMatchObject({ id: "ab12", state: "completed", rounds: 2 });
  expect(world.lines.filter((line) => line.startsWith("round "))).toEqual([
    "round 1/2  accuracy 0.500  loss 0.500  replies 2/2  1.0 s  about 1 s left",
    "round 2/2  accuracy 0.500  loss 0.500  replies 2/2  1.0 s",
  ]);
});

test("rounds that a replaced server repeats are printed again", async () => {
  const world = follow((s) => {
    if (s >= 2 && s < 4) return after(0);
    return after(1, s < 6 ? "running" : "completed");
  });
  await world.result;
  expect(world.lines.slice(0, 3)).toEqual([
    "round 1/2  accuracy 0.500  loss 0.500  replies 2/2  1.0 s  about 1 s left",
    "the server was replaced; the run goes on after round 0",
    "round 1/2  accuracy 0.500  loss 0.500  replies 2/2  1.0 s  about 1 s left",
  ]);
});

test("a warning is printed once", async () => {
  const warning = "the run needs 9.0 MiB";
  const world = follow((s) => ({ ...(s < 3 ? after(1) : after(2, "completed")), warning }));
  await world.result;
  expect(world.lines.filter((line) => line.includes("9.0 MiB"))).toEqual([
    "warning: the run needs 9.0 MiB",
  ]);
});
