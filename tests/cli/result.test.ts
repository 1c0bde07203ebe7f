import { expect, test } from "vitest";

import { resultOf } from "../../cli/result.ts";
import { ROUND as round, RUNNING as status } from "../support/exampleStatus.ts";

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
