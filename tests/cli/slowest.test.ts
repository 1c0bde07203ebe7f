import { expect, test } from "vitest";

import { slowestClient, slowestOf } from "../../cli/slowest.ts";
import type { Phase, RoundLine } from "../../contract/phase.ts";
import { EXAMPLE, older } from "./page/support/exampleRound.ts";
import { MemorySource } from "./support/memorySource.ts";

const [TRAIN] = EXAMPLE.phases as [Phase];

/** A round whose clients are asked at second 1 and answer at these, in each of its phases. */
function round(seconds: number, ...phases: (number | null)[][]): RoundLine {
  const made = phases.map((replied) => ({
    ...TRAIN,
    partition: replied.map((_, partition) => partition),
    asked: replied.map(() => 1),
    replied,
  }));
  return { ...EXAMPLE, seconds, phases: made };
}

test("the slowest client is the one with the longest median of its rounds, all phases together", () => {
  const rounds = [
    round(9, [2, 3, 6], [2, 2, 2]),
    round(9, [2, 3, 6], [2, 2, 2]),
    round(9, [9, 3, 2]),
  ];
  expect(slowestClient(rounds)).toEqual({ partition: 2, seconds: 6, median: 3 });
});

test("a question without an answer counts to the next phase, or to the round's end", () => {
  const hung = round(20, [2, null]);
  expect(slowestClient([hung])).toEqual({ partition: 1, seconds: 19, median: 10 });
  const [first, second] = round(20, [2, null], [2, 2]).phases as [Phase, Phase];
  const next = { ...second, asked: [5, 5], replied: [6, 6] };
  expect(slowestClient([{ ...hung, phases: [first, next] }])).toMatchObject({ seconds: 5 });
});

test("nobody is slowest where one client or none is known", () => {
  expect(slowestClient([])).toBe(null);
  expect(slowestClient([older(EXAMPLE)])).toBe(null);
  expect(slowestClient([round(9, [2])])).toBe(null);
});

test("the slowest client is read from the run's file, and not known without one", async () => {
  const line = JSON.stringify(round(9, [2, 3]));
  const source = new MemorySource({ "metrics.jsonl": `${line}\n${line.slice(0, 20)}` });
  expect(await slowestOf(source, "ab12")).toEqual({ partition: 1, seconds: 2, median: 1.5 });
  expect(await slowestOf(new MemorySource({}), "ab12")).toBe(null);
});
