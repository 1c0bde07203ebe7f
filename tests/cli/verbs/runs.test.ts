import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { chosen, isLive, type KeptRuns } from "../../../cli/keptRun.ts";
import { runsAnswer } from "../../../cli/verbs/runs.ts";
import type { KeptRun } from "../../../contract/status.ts";
import { RUNNING } from "../../support/exampleStatus.ts";
import { answerMisfits } from "../support/schema.ts";

const [EXAMPLE] = JSON.parse(readFileSync("contract/examples/runs.json", "utf8")) as [KeptRun];

function kept(...runs: KeptRun[]): KeptRuns {
  return { runs, status: RUNNING };
}

const LIVE: KeptRun = {
  ...EXAMPLE,
  id: "ab12",
  state: "unfinished",
  rounds: 1,
  modelSha256: null,
  loss: "NaN",
  ended: null,
  spec: { ...EXAMPLE.spec, rounds: 10, runConfig: { alpha: 0.1 } },
};

test("runs are a table with the settings in which they differ; the server's run has a star", () => {
  const failed = {
    ...EXAMPLE,
    id: "ef56",
    state: "failed",
    reason: "round 2: no data",
    spec: null,
  };
  const { document, lines } = runsAnswer(kept(EXAMPLE, failed, LIVE));
  expect(lines).toEqual([
    "run           state      rounds  accuracy    loss    size  started              ended                rounds  runConfig.alpha",
    "dec44c305616  completed       5    0.8800  0.3310  1.8 MB  2026-11-25 12:00:00  2026-11-25 12:00:20       5                -",
    "ef56          failed          5    0.8800  0.3310  1.8 MB  2026-11-25 12:00:00  2026-11-25 12:00:20       -                -",
    "ab12 *        running         1    0.8800     nan  1.8 MB  2026-11-25 12:00:00  -                        10              0.1",
    "best: dec44c305616, by its accuracy",
    "ef56: round 2: no data",
  ]);
  expect(answerMisfits("runs", document)).toEqual([]);
});

test("the best run has the highest accuracy of all models; without any, the lowest loss", () => {
  const run = (id: string, more: Partial<KeptRun>): KeptRun => ({ ...EXAMPLE, id, ...more });
  const best = (...runs: KeptRun[]): unknown =>
    (runsAnswer(kept(...runs)).document as { best: string | null }).best;
  const gone = run("no-model", { accuracy: 0.99, modelSha256: null });
  const [low, high] = [run("low", { accuracy: 0.5 }), run("high", { accuracy: 0.9 })];
  expect(best(low, gone, high, run("equal", { accuracy: 0.9 }))).toBe("high");
  const loss = (id: string, value: KeptRun["loss"]): KeptRun =>
    run(id, { accuracy: null, loss: value });
  expect(best(loss("nan", "NaN"), loss("more", 0.4), loss("less", 0.3))).toBe("less");
  expect(best(loss("none", null))).toBe(null);
  expect(runsAnswer(kept(loss("none", null))).lines.join("\n")).not.toContain("best");
});

test("a volume without runs says so", () => {
  expect(runsAnswer(kept()).lines).toEqual(["no run is on the volume yet"]);
});

test("a run is chosen by the beginning of its id, or is the server's", () => {
  const both = kept(EXAMPLE, LIVE);
  expect(chosen(both, "dec").id).toBe("dec44c305616");
  expect(chosen(both, undefined).id).toBe("ab12");
  expect(isLive(both, LIVE)).toBe(true);
  expect(isLive(both, EXAMPLE)).toBe(false);
});

test("an id that is none, or begins several, is told with those that there are", () => {
  expect(() => chosen(kept(EXAMPLE, LIVE), "x")).toThrow(
    "run x is not on the volume — there are: dec44c305616, ab12",
  );
  expect(() => chosen(kept(EXAMPLE, { ...EXAMPLE, id: "dead" }), "de")).toThrow(
    "de begins the ids of several runs — there are: dec44c305616, dead",
  );
  expect(() => chosen(kept(), undefined)).toThrow(
    "run ab12 is not on the volume — there is none yet",
  );
});
