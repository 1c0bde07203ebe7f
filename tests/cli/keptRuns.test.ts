import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect, test } from "vitest";

const RUN = { id: "ab12cd34ef56", state: "completed", rounds: 5 };

test.each([
  ["those of the last update", JSON.stringify([RUN]), [RUN]],
  ["none at a first one", undefined, []],
])("runs that the server does not tell are %s", async (_, known, runs) => {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    KUBECONFIG: "/nonexistent",
    KUBEFLOWER_RUNS: JSON.stringify({ context: "gone", namespace: "kubeflower" }),
    PULUMI_COMMAND_STDOUT: known,
  };
  const program = ["cli/start.mjs", "cli/keptRuns.ts"];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, program, { env });
  expect(JSON.parse(stdout)).toEqual(runs);
  expect(stderr).toMatch(/^the runs on the volume are not known: /);
});
