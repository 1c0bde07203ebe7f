import { expect, test } from "vitest";

import { closingTable, keptRunLine, roundLine } from "../../cli/report.ts";
import { ROUND as round, RUNNING as status } from "../support/exampleStatus.ts";

test("a round is one line", () => {
  expect(roundLine(round, 5)).toBe("round 3/5  accuracy 0.800  loss 0.610  replies 2/2  2.3 s");
});

test("a round names the first client that failed, on the same line", () => {
  const failures = [{ partition: 1, reason: "Out of\nmemory" }];
  expect(roundLine({ ...round, replies: [0], failures }, 5)).toBe(
    "round 3/5  accuracy 0.800  loss 0.610  replies 1/2  2.3 s  client 1: Out of memory",
  );
});

test("without a central evaluation the clients' accuracy is shown", () => {
  const federated = { ...round, loss: null, accuracy: null, clients: { accuracy: 0.79 } };
  expect(roundLine(federated, 5)).toBe("round 3/5  accuracy 0.790  replies 2/2  2.3 s");
});

test("without accuracy and loss the app's own metrics are shown, three at most", () => {
  const clients = { auc: 0.9951, "rank of\nall": 3, mae: "NaN" as const, last: 1 };
  const own = { ...round, loss: null, accuracy: null, clients };
  expect(roundLine(own, 5)).toBe(
    "round 3/5  auc 0.995  rank of all 3.000  mae nan  replies 2/2  2.3 s",
  );
});

test("a round of a thousand failures is still a short line", () => {
  const failures = Array.from({ length: 1000 }, (_, partition) => ({
    partition,
    reason: "x".repeat(1000),
  }));
  expect(Buffer.byteLength(roundLine({ ...round, failures }, 5))).toBeLessThan(65_536);
});

test("round numbers are aligned, however many rounds there are", () => {
  expect(roundLine({ ...round, loss: null, accuracy: null }, 100)).toBe(
    "round   3/100  replies 2/2  2.3 s",
  );
});

test("the closing table shows the run and its end", () => {
  const result = { rounds: 5, accuracy: 0.8805, loss: 0.3314, modelSha256: "cd34", seconds: 39.68 };
  expect(closingTable({ ...status, state: "completed", history: [round], result })).toEqual([
    "run           ab12",
    "state         completed",
    "rounds        5 of 5",
    "accuracy      0.8805",
    "loss          0.3314",
    "model sha256  cd34",
    "seconds       39.7",
  ]);
});

test("a value that a failed run lacks is a dash in the closing table", () => {
  expect(closingTable({ ...status, state: "failed" }).slice(1)).toEqual([
    "state         failed",
    "rounds        0 of 5",
    "accuracy      -",
    "loss          -",
    "model sha256  -",
    "seconds       -",
  ]);
});

test("numbers that JSON cannot write are shown as Python prints them", () => {
  const odd = { ...round, accuracy: "NaN", loss: "-Infinity" } as const;
  expect(roundLine(odd, 5)).toContain("accuracy nan  loss -inf  ");
  const lines = closingTable({ ...status, history: [{ ...odd, loss: "Infinity" }] });
  expect(lines).toContain("accuracy      nan");
  expect(lines).toContain("loss          inf");
});

test("a kept run is one line without metrics that were not measured", () => {
  const run = {
    id: "ab12",
    state: "completed",
    rounds: 5,
    accuracy: 0.88,
    modelSha256: null,
    ended: null,
  };
  expect(keptRunLine({ ...run, modelSha256: "21230562ff722c14" })).toBe(
    "run ab12  completed  5 rounds  accuracy 0.8800  model 21230562ff72",
  );
  expect(keptRunLine({ ...run, state: "unfinished", accuracy: null })).toBe(
    "run ab12  unfinished  5 rounds",
  );
});
