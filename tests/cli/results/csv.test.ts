import { expect, test } from "vitest";

import { jsonLines, metricsCsv } from "../../../cli/results/csv.ts";
import { ROUND } from "../../support/exampleStatus.ts";

test("rounds become a table with each metric of the clients in a column", () => {
  const odd = { ...ROUND, round: 4, loss: "NaN" as const, clients: { 'a "b", c': 0.5, "": 1 } };
  expect(metricsCsv([ROUND, odd]).split("\r\n")).toEqual([
    'round,seconds,loss,accuracy,replies,failures,clients.,"clients.a ""b"", c"',
    "3,2.314,0.61,0.8,2,0,,",
    "4,2.314,NaN,0.8,2,0,1,0.5",
    "",
  ]);
});

test("a torn line is left out", () => {
  expect(jsonLines('{"round":1}\n\n{"rou')).toEqual([{ round: 1 }]);
});
