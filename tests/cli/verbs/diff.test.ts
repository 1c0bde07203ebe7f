import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import type { RunView } from "../../../cli/compare/runView.ts";
import { diffAnswer } from "../../../cli/verbs/diff.ts";
import type { RunRecord } from "../../../contract/record.ts";
import { ROUND } from "../../support/exampleStatus.ts";
import { answerMisfits } from "../support/schema.ts";

const RECORD = JSON.parse(readFileSync("contract/examples/record.json", "utf8")) as RunRecord;
const RESULT = { rounds: 1, accuracy: 0.8, loss: 0.61, modelSha256: "ab".repeat(32), seconds: 3 };
const A: RunView = {
  run: "ab12",
  from: "results/ab12",
  record: RECORD,
  result: RESULT,
  rounds: [{ ...ROUND, round: 1 }],
  partitions: { "0": { count: 10 }, "1": { count: 20 } },
  files: [{ path: "model.safetensors", bytes: 5, sha256: "ab".repeat(32) }],
};

test("the same run has no difference", () => {
  const { document, lines } = diffAnswer(A, { ...A, run: "cd34", from: "volume" });
  expect(lines).toEqual([
    "A: run ab12 (results/ab12)",
    "B: run cd34 (volume)",
    "model: the same (abababababab, abababababab)",
    "settings: no difference",
    "partitions: no difference",
    "files: no difference",
    "",
    "round  accuracy A       B   B - A  loss A       B   B - A  seconds A    B",
    "    1      0.8000  0.8000  0.0000  0.6100  0.6100  0.0000        2.3  2.3",
  ]);
  expect(answerMisfits("diff", document)).toEqual([]);
});

test("other settings, data, curves and digests are told side by side", () => {
  const record = {
    ...RECORD,
    spec: { ...RECORD.spec, rounds: 2 },
    runConfig: { ...RECORD.runConfig, alpha: 0.1 },
  };
  const b: RunView = {
    ...A,
    run: "cd34",
    record,
    result: { ...RESULT, modelSha256: "cd".repeat(32) },
    rounds: [
      { ...ROUND, round: 1, accuracy: 0.9, loss: "NaN" },
      { ...ROUND, round: 2, accuracy: 0.95 },
    ],
    partitions: { "0": { count: 10 }, "1": { count: 30 } },
    files: [{ path: "model.safetensors", bytes: 5, sha256: "cd".repeat(32) }],
  };
  const { document, lines } = diffAnswer(A, b);
  expect(lines.slice(2)).toEqual([
    "model: different (abababababab, cdcdcdcdcdcd)",
    "",
    "setting          A    B",
    "rounds           5    2",
    "runConfig.alpha  -  0.1",
    "",
    "partition  A             B",
    '        1  {"count":20}  {"count":30}',
    "",
    "file               A                                                 B",
    `model.safetensors  ${"ab".repeat(24).slice(0, 47)}…  ${"cd".repeat(24).slice(0, 47)}…`,
    "",
    "round  accuracy A       B    B - A  loss A       B  B - A  seconds A    B",
    "    1      0.8000  0.9000  +0.1000  0.6100     nan      -        2.3  2.3",
    "    2           -  0.9500        -       -  0.6100      -          -  2.3",
  ]);
  expect(answerMisfits("diff", document)).toEqual([]);
});

test("a run without a record says that its settings are not known", () => {
  const { lines } = diffAnswer(A, { ...A, record: null, result: null, rounds: [], partitions: {} });
  expect(lines).toContain("settings of a run without a record are not known");
  expect(lines[2]).toBe("model: different (abababababab, none)");
});
