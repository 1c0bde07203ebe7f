import { expect, test } from "vitest";

import { condition } from "../../../cli/diagnosis/objects.ts";
import { pending } from "../support/objects.ts";

test("a condition is found by its type", () => {
  const waits = pending("flower-client-0", "no room", 5);
  expect(condition(waits, "PodScheduled")?.message).toBe("no room");
  expect(condition(waits, "Ready")).toBeUndefined();
});
