import { expect, test } from "vitest";

import { spreadOf } from "../../../cli/compare/spread.ts";

test("the deviation of values is that of a sample", () => {
  expect(spreadOf([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({
    mean: 5,
    deviation: expect.closeTo(Math.sqrt(32 / 7), 12) as number,
    count: 8,
  });
});

test("one value has no deviation; none, and one that is no finite number, have no mean", () => {
  expect(spreadOf([3])).toEqual({ mean: 3, deviation: null, count: 1 });
  expect([spreadOf([]), spreadOf([1, NaN])]).toEqual([null, null]);
});
