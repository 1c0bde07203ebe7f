import { expect, test } from "vitest";

import { groupsOf } from "../../../cli/compare/groups.ts";
import type { RunView } from "../../../cli/compare/runView.ts";
import type { RunRecord } from "../../../contract/record.ts";
import { RECORD } from "../page/support/exampleRuns.ts";

function run(record: RunRecord | null): RunView {
  const nothing = { result: null, rounds: [], partitions: {}, files: [] };
  return { ...nothing, run: "ab12", from: "volume", state: "completed", record };
}

test("runs that differ in seed, token and the image's place only are one group", () => {
  const sources = "0f1e2d3c4b5a";
  const origin = { ...RECORD.origin, app: "app/vision", runToken: "again", sources };
  const again = {
    ...RECORD,
    spec: { ...RECORD.spec, seed: 7 },
    runConfig: { ...RECORD.runConfig, seed: 7 },
    origin,
    image: "elsewhere/kubeflower:0f1e2d3c4b5a",
  };
  const other = { ...RECORD, spec: { ...RECORD.spec, rounds: 7 } };
  const app = { ...RECORD, origin: { ...origin, sources: "other" } };
  const flwr = { ...RECORD, versions: { ...RECORD.versions, flwr: "1.43.0" } };
  const runs = [RECORD, other, again, app, flwr].map(run);
  expect(groupsOf(runs)).toEqual([[0, 2], [1], [3], [4]]);
});

test("runs without a record are alone", () => {
  expect(groupsOf([run(null), run(RECORD), run(null)])).toEqual([[0], [1], [2]]);
});
