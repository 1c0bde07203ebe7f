import { expect, test } from "vitest";

import { etaOf } from "../../cli/eta.ts";
import { ROUND, RUNNING } from "../support/exampleStatus.ts";

test("the time left follows the median of the last rounds", () => {
  const history = [100, 2, 3, 2, 50, 2].map((seconds, k) => ({ ...ROUND, round: k + 1, seconds }));
  expect(etaOf({ ...RUNNING, rounds: 10, history, elapsed: 1 })).toBe(7);
  expect(etaOf({ ...RUNNING, rounds: 10, history, elapsed: 60 })).toBe(6);
  expect(etaOf({ ...RUNNING, rounds: 10 })).toBe(null);
  expect(etaOf({ ...RUNNING, state: "completed", history })).toBe(null);
});
