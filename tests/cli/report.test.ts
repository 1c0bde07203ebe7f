import { expect, test } from "vitest";
import { closingTable, resultOf, roundLine, waitingLine } from "../../cli/report.ts";
import { parseStatus, type Round } from "../../cli/status.ts";

const round: Round = {
  round: 3,
  seconds: 2.314,
  loss: 0.61,
  accuracy: 0.8,
  replies: [0, 1],
  failures: [],
  clients: {},
};
const status = parseStatus('{"run":"ab12","state":"running","rounds":5}');

test("a round is one line", () => {
  expect(roundLine(round, 5)).toBe("round 3/5, 2.31 s, loss 0.6100, accuracy 0.8000, 2 replies");
});

test("a round names the clients that failed, on the same line", () => {
  const failures = [{ partition: 1, reason: "Out of\nmemory" }];
  expect(roundLine({ ...round, replies: [0], failures }, 5)).toBe(
    "round 3/5, 2.31 s, loss 0.6100, accuracy 0.8000, 1 reply; partition 1 failed: Out of memory",
  );
});

test("without a central evaluation the clients' accuracy is shown", () => {
  const federated = { ...round, loss: null, accuracy: null, clients: { accuracy: 0.79 } };
  expect(roundLine(federated, 5)).toBe("round 3/5, 2.31 s, loss –, accuracy 0.7900, 2 replies");
});

test("a round of a thousand failures is still a short line", () => {
  const failures = Array.from({ length: 1000 }, (_, partition) => ({
    partition,
    reason: "x".repeat(1000),
  }));
  expect(Buffer.byteLength(roundLine({ ...round, failures }, 5))).toBeLessThan(65_536);
});

test("a waiting run says who is connected and who is missing", () => {
  expect(waitingLine({ ...status, nodes: [0], waitingFor: [1, 2] })).toBe(
    "waiting for clients: connected 0; missing 1, 2",
  );
});

test("the closing table has a row a round under its heading", () => {
  expect(closingTable({ ...status, history: [round] })).toEqual([
    "   round   seconds      loss  accuracy   replies  failures",
    "       3      2.31    0.6100    0.8000         2         0",
  ]);
});

test("the result of a completed run is the server's", () => {
  const result = { rounds: 5, accuracy: 0.9, loss: 0.3, modelSha256: "cd34", seconds: 12.5 };
  expect(resultOf({ ...status, state: "completed", history: [round], result })).toEqual({
    id: "ab12",
    state: "completed",
    ...result,
  });
});

test("the result of a run that goes on is how far it is", () => {
  expect(resultOf({ ...status, history: [round] })).toEqual({
    id: "ab12",
    state: "running",
    rounds: 1,
    accuracy: 0.8,
    loss: 0.61,
    modelSha256: null,
    seconds: null,
  });
});
