import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { resultOf } from "../../cli/result.ts";
import { parseStatus, type KeptRun } from "../../contract/status.ts";
import { readSettings } from "../../settings/read.ts";
import { projectDefaults } from "../support/stackConfig.ts";

// tests/app/test_run_spec.py and test_contract.py read the same files in Python.
const example = (name: string): string => readFileSync(`contract/examples/${name}.json`, "utf8");

it("hands the run of a stack that sets nothing to the server as run.json has it", () => {
  const { run } = readSettings(projectDefaults(), "dev");
  expect(JSON.parse(JSON.stringify(run))).toEqual(JSON.parse(example("run")));
});

it.each(["status", "status-waiting", "status-completed", "status-failed"])(
  "reads %s.json without losing a key",
  (name) => {
    const status = parseStatus(example(name));
    expect(status).toEqual(JSON.parse(example(name)));
    expect(resultOf(status)).toMatchObject({ id: status.run, reason: null });
  },
);

it("lists runs as runs.json has them", () => {
  const [run] = JSON.parse(example("runs")) as KeptRun[];
  expect(Object.keys(run ?? {})).toEqual([
    ...["id", "state", "rounds", "accuracy", "loss", "modelSha256", "reason"],
    ...["bytes", "started", "ended", "spec"],
  ]);
});
