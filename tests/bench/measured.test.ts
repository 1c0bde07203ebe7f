import { expect, test } from "vitest";

import { ideal, measured, type Job } from "../../bench/measured.ts";

const job: Job = {
  arm: "kubeflower",
  workload: "floor, 2 clients",
  app: "bench/load",
  clients: 2,
  rounds: 3,
  floats: 1000,
};
const sample = { arm: job.arm, workload: job.workload, peak: { server: 1 }, load: 1 };

test("the ideal is the model out and back, and out again to be evaluated", () => {
  expect(ideal(job)).toBe(3 * 2 * 4000);
  expect(ideal({ ...job, evaluate: false, clients: 4 })).toBe(2 * 4 * 4000);
});

test("the first round counts for its own time only", () => {
  const laps = [
    [10, 1, 0],
    [12, 5, 900_000],
    [12.5, 5.1, 926_400],
    [13.25, 5.2, 952_800],
  ] as const;
  const { rounds, ...rest } = measured(job, { ...sample, laps });
  expect(rest).toEqual(sample);
  expect(rounds).toEqual({
    first: 2,
    seconds: [0.5, 0.75],
    cpu: expect.closeTo(0.1) as number,
    wire: expect.closeTo(1.1) as number,
  });
});

test("what was not counted is left out", () => {
  const laps = [
    [0, 0, 0],
    [1, 0, 0],
    [3, 0, 0],
  ] as const;
  expect(measured(job, { ...sample, laps }).rounds).toEqual({ first: 1, seconds: [2] });
});

test("a killed client has no rounds", () => {
  expect(measured(job, { ...sample, noticed: 0.03 })).toEqual({ ...sample, noticed: 0.03 });
});
