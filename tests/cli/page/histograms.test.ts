import { expect, test } from "vitest";

import { histogramsOf, partitionTable } from "../../../cli/page/histograms.ts";

const SHA256 = "ab".repeat(32);

test("a list of counts is a histogram, whatever its name; clients are in order", () => {
  const partitions = {
    10: { labels: [1, 0, 2], count: 3 },
    9: { labels: [0, 4, 0], count: 4 },
    11: "odd",
  };
  expect(histogramsOf(partitions)).toEqual({
    key: "labels",
    clients: [9, 10],
    counts: [
      [0, 4, 0],
      [1, 0, 2],
    ],
  });
});

test("the key histogram comes first; lists of other things are none", () => {
  expect(histogramsOf({ 0: { a: [1, 2], histogram: [3, 4] } })?.key).toBe("histogram");
  const others = { a: ["x"], b: [-1, 2], c: ["NaN", 1], d: [5], e: "text" };
  expect(histogramsOf({ 0: others })).toBe(null);
});

test("single values are a table", () => {
  expect(
    partitionTable({ 1: { count: 3, sha256: SHA256, list: [1, 2] }, 0: { share: "NaN" } }),
  ).toEqual({
    head: ["client", "share", "count", "sha256"],
    rows: [
      ["0", "NaN", "-", "-"],
      ["1", "-", "3", "abababababab…"],
    ],
  });
});
