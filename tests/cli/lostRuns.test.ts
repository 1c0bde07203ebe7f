import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect, test } from "vitest";

const RUN = {
  id: "ab12cd34ef56",
  state: "completed",
  rounds: 5,
  accuracy: 0.88,
  modelSha256: "21230562ff722c14",
};

/** Runs the program that `pulumi destroy` runs first, with a context that no kubeconfig has. */
async function lostRuns(known: string | undefined): Promise<string> {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    KUBECONFIG: "/nonexistent",
    KUBEFLOWER_RUNS: JSON.stringify({ context: "gone", namespace: "kubeflower" }),
    PULUMI_COMMAND_STDOUT: known,
  };
  const program = ["cli/start.mjs", "cli/lostRuns.ts"];
  return (await promisify(execFile)(process.execPath, program, { env, timeout: 20_000 })).stderr;
}

test("a destroy whose cluster is gone names the command to go on, and the lost runs", async () => {
  const said = await lostRuns(JSON.stringify([RUN]));
  expect(said.split("\n").slice(1)).toEqual([
    "if it is gone for good: PULUMI_K8S_DELETE_UNREACHABLE=true pulumi destroy",
    "  lost with it: run ab12cd34ef56  completed  5 rounds  accuracy 0.8800  model 21230562ff72",
    "",
  ]);
  expect(said).toMatch(/^the cluster of context gone does not answer \(.+\)\n/);
});

test.each([undefined, "", "no JSON"])(
  "a destroy goes on though the last list is %j",
  async (known) => {
    expect(await lostRuns(known)).toContain("PULUMI_K8S_DELETE_UNREACHABLE=true pulumi destroy");
  },
);
