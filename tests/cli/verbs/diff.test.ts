import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { comparisonOf } from "../../../cli/compare/comparison.ts";
import type { RunView } from "../../../cli/compare/runView.ts";
import { manifestOf, manifestText } from "../../../cli/results/manifest.ts";
import { diff, diffAnswer } from "../../../cli/verbs/diff.ts";
import { ROUND } from "../../support/exampleStatus.ts";
import { RECORD } from "../page/support/exampleRuns.ts";
import { answerMisfits } from "../support/schema.ts";

const RESULT = { rounds: 1, accuracy: 0.8, loss: 0.61, modelSha256: "ab".repeat(32), seconds: 3 };
const A: RunView = {
  run: "ab12",
  from: "results/ab12",
  state: "completed",
  record: RECORD,
  result: RESULT,
  rounds: [{ ...ROUND, round: 1, clients: {} }],
  partitions: { "0": { count: 10 }, "1": { count: 20 } },
  files: [{ path: "model.safetensors", bytes: 5, sha256: "ab".repeat(32) }],
};

/** The run with another seed. */
function seeded(seed: number, accuracy: number): RunView {
  const record = {
    ...RECORD,
    spec: { ...RECORD.spec, seed },
    runConfig: { ...RECORD.runConfig, seed },
  };
  const rounds = [{ ...ROUND, round: 1, accuracy, clients: {} }];
  return { ...A, run: `seed${seed}`, record, rounds };
}

test("the same run has no difference", () => {
  const { document, lines } = diffAnswer(comparisonOf([A, { ...A, run: "cd34", from: "volume" }]));
  expect(lines).toEqual([
    "   run   state      model         rounds  time  CPU  received  sent  from",
    "A  ab12  completed  abababababab       1   3 s    -         -     -  results/ab12",
    "B  cd34  completed  abababababab       1   3 s    -         -     -  volume",
    "equal in all settings: A, B",
    "model: the same",
    "settings: no difference",
    "partitions: no difference",
    "files: no difference",
    "",
    "round  accuracy A       B   B - A     mean of A, B",
    "    1      0.8000  0.8000  0.0000  0.8000 ± 0.0000",
    "",
    "round  loss A       B   B - A     mean of A, B",
    "    1  0.6100  0.6100  0.0000  0.6100 ± 0.0000",
    "",
    "round  seconds of a round A    B  B - A  mean of A, B",
    "    1                   2.3  2.3    0.0     2.3 ± 0.0",
    "",
    "Mean ± sample standard deviation (n - 1) of runs that are equal but for the seed; metrics with four decimals, seconds with one.",
  ]);
  expect(answerMisfits("diff", document)).toEqual([]);
});

test("other settings, data, curves and digests are told side by side", () => {
  const b: RunView = {
    ...A,
    run: "cd34",
    record: {
      ...RECORD,
      spec: { ...RECORD.spec, rounds: 2 },
      runConfig: { ...RECORD.runConfig, alpha: 0.1 },
    },
    result: { ...RESULT, modelSha256: "cd".repeat(32) },
    rounds: [
      { ...ROUND, round: 1, accuracy: 0.9, loss: "NaN", clients: {} },
      { ...ROUND, round: 2, accuracy: 0.95, clients: {} },
    ],
    partitions: { "0": { count: 10 }, "1": { count: 30 } },
    files: [{ path: "model.safetensors", bytes: 5, sha256: "cd".repeat(32) }],
  };
  const { document, lines } = diffAnswer(comparisonOf([A, b]));
  expect(lines.slice(3)).toEqual([
    "no two runs are equal in all settings but the seed",
    "model: different",
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
    "round  accuracy A       B    B - A",
    "    1      0.8000  0.9000  +0.1000",
    "    2           -  0.9500        -",
    "",
    "round  loss A       B  B - A",
    "    1  0.6100     nan      -",
    "    2       -  0.6100      -",
    "",
    "round  seconds of a round A    B  B - A",
    "    1                   2.3  2.3    0.0",
    "    2                     -  2.3      -",
  ]);
  expect(answerMisfits("diff", document)).toEqual([]);
});

test("runs with other seeds have a mean with their sample deviation", () => {
  const other = { ...A, record: { ...RECORD, spec: { ...RECORD.spec, clients: 1 } } };
  const { document, lines } = diffAnswer(
    comparisonOf([seeded(1, 0.8), other, seeded(2, 0.9), seeded(3, 1)]),
  );
  expect(lines).toContain("model: the same");
  expect(lines).toContain("equal in all settings but the seed: A, C, D");
  // The deviation of 0.8, 0.9 and 1 is 0.1 by n - 1, and 0.0816 by n.
  expect(lines).toContain("    1      0.8000  0.8000  0.9000  1.0000  0.9000 ± 0.1000");
  expect(document).toMatchObject({ groups: [["A", "C", "D"], ["B"]], same_model: true });
  expect(answerMisfits("diff", document)).toEqual([]);
});

test("equal models of some runs, and settings that are not known, are told of", () => {
  const changed = { ...A, result: { ...RESULT, modelSha256: "cd".repeat(32) } };
  expect(diffAnswer(comparisonOf([A, changed, A])).lines).toContain("model: the same in A, C only");
  const none = { ...A, record: null, result: null, rounds: [], partitions: {}, files: [] };
  const { lines } = diffAnswer(comparisonOf([A, none, { ...none, run: "cd34" }]));
  expect(lines.slice(4, 7)).toEqual([
    "no two runs are equal in all settings but the seed",
    "settings of a run without a record are not known",
    "model: different",
  ]);
});

test("folders of results are compared on a page, without a cluster", async () => {
  const folder = await mkdtemp(join(tmpdir(), "diff-"));
  const round = { ...ROUND, round: 1, accuracy: 0.75 };
  await writeFile(join(folder, "manifest.json"), manifestText(manifestOf("ab12", "failed", [])));
  await writeFile(join(folder, "run.json"), JSON.stringify({ ...RECORD, run: "ab12" }));
  await writeFile(join(folder, "metrics.jsonl"), `${JSON.stringify(round)}\n`);
  const out = join(folder, "deep", "diff.html");
  const { document, lines } = await diff({ out }, [folder, folder, folder]);
  const text = await readFile(out, "utf8");
  expect(document).toMatchObject({ file: out, bytes: Buffer.byteLength(text) });
  expect(answerMisfits("diff", document)).toEqual([]);
  expect(lines.at(-1)).toMatch(`the page of these runs is ${out} (`);
  expect(text).toContain("<title>3 runs compared</title>");
  expect(text).toContain("0.7500 ± 0.0000");
});

test("more runs than can be told apart are refused", async () => {
  await expect(diff({}, Array<string>(25).fill("none"))).rejects.toThrow(
    "there are 25 runs — allowed: at most 24 — name fewer",
  );
});
