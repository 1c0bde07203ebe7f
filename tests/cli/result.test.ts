import { expect, test } from "vitest";

import { resultOf } from "../../cli/result.ts";
import { parseStatus, type Round } from "../../contract/status.ts";

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

test("the result of a completed run is the server's", () => {
  const result = { rounds: 5, accuracy: 0.9, loss: 0.3, modelSha256: "cd34", seconds: 12.5 };
  expect(resultOf({ ...status, state: "completed", history: [round], result })).toEqual({
    id: "ab12",
    state: "completed",
    reason: null,
    ...result,
  });
});

test("the result of a run that goes on is how far it is", () => {
  expect(resultOf({ ...status, history: [round] })).toEqual({
    id: "ab12",
    state: "running",
    reason: null,
    rounds: 1,
    accuracy: 0.8,
    loss: 0.61,
    modelSha256: null,
    seconds: null,
  });
});
