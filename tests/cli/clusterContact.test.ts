import { expect, test } from "vitest";

import { Unreachable } from "../../kube/errors.ts";
import { after, follow } from "./support/world.ts";

test("an API server that is gone for a minute is survived", async () => {
  const world = follow((s) => {
    if (s >= 10 && s < 70) throw new Unreachable("connect ECONNREFUSED");
    return s < 80 ? after(1) : after(2, "completed");
  });
  expect(await world.result).toMatchObject({ state: "completed" });
  expect(world.lines.slice(1, 3)).toEqual([
    "the cluster does not answer (connect ECONNREFUSED); trying again",
    "the cluster answers again",
  ]);
});
