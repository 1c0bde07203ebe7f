import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { attempt, FederatedRun, runResult } from "../../components/run.ts";
import { recordResources, RESULT, RUNS, settled, valueOf } from "../support/mocks.ts";

const ARGS = {
  context: "lab",
  cluster: "its-id",
  namespace: "kubeflower",
  deletesNamespace: true,
  owner: "its-owner",
  volume: "its-uid",
  runId: "0123456789ab",
  pods: "its-pods",
  before: undefined,
  timeout: 3600,
  wait: true,
};

describe("FederatedRun", () => {
  it("follows by our own program, live, by relative paths and with nothing to undo", async () => {
    const recorder = recordResources(false);
    new FederatedRun("run", ARGS);
    await settled();
    expect(recorder.one("command:local:Command", "run").inputs).toEqual({
      interpreter: ["node", "cli/start.mjs"],
      create: "cli/follow.ts",
      environment: {
        KUBEFLOWER_FOLLOW: JSON.stringify({
          context: "lab",
          namespace: "kubeflower",
          run: "0123456789ab",
          pods: "its-pods",
          timeout: 3600,
          wait: true,
        }),
      },
      triggers: ["0123456789ab", "kubeflower", "its-id", "its-uid", 0],
      logging: "stdoutAndStderr",
      addPreviousOutputInEnv: false,
    });
  });

  it("gives the result of the follower's last line", async () => {
    recordResources(false);
    expect(await valueOf(new FederatedRun("run", ARGS).result)).toEqual(RESULT);
  });

  it("lists the runs on the volume after each one, and says in a destroy which of them go", async () => {
    const recorder = recordResources(false);
    const { runs } = new FederatedRun("run", ARGS);
    expect(await valueOf(runs)).toEqual(RUNS);
    await settled();
    expect(recorder.one("command:local:Command", "run-kept").inputs).toEqual({
      interpreter: ["node", "cli/start.mjs"],
      create: "cli/keptRuns.ts",
      update: "cli/keptRuns.ts",
      delete: "cli/lostRuns.ts",
      environment: {
        KUBEFLOWER_RUNS: JSON.stringify({
          context: "lab",
          namespace: "kubeflower",
          deletesNamespace: true,
          owner: "its-owner",
          result: RESULT,
        }),
      },
      logging: "stderr",
    });
  });

  it("fails the update with the reason of a run that did not end well, and keeps the result", async () => {
    const recorder = recordResources(false);
    const failed = { ...RESULT, state: "failed", reason: "run 0123456789ab failed" };
    recorder.states.set("command:local:Command", { stdout: JSON.stringify(failed) });
    const error = vi.spyOn(pulumi.log, "error").mockResolvedValue();
    const run = new FederatedRun("run", ARGS);
    expect(await valueOf(run.result)).toEqual(failed);
    await settled();
    expect(error.mock.calls).toEqual([["run 0123456789ab failed", run]]);
    expect(process.exitCode).toBe(32);
    process.exitCode = 0;
  });

  it("knows no result in preview", async () => {
    recordResources(true);
    expect(await valueOf(new FederatedRun("run", ARGS).result)).toBeUndefined();
  });
});

describe("attempt", () => {
  const before = { id: "0123456789ab", state: "running", attempt: 2 };
  it.each([
    ["begins at nought for a stack's first run", undefined, 0],
    ["begins at nought for another run", { ...before, id: "b" }, 0],
    ["stays when the run was completed", { ...before, state: "completed" }, 2],
    ["is one more when the run was still going", before, 3],
    ["is one more when the run had failed", { ...before, state: "failed" }, 3],
  ])("%s", (_, held, expected) => {
    expect(attempt("0123456789ab", held)).toBe(expected);
  });
});

describe("runResult", () => {
  it.each([
    ["", ""],
    ["round 5 of 5", "round 5 of 5"],
    [undefined, ""],
  ])("refuses %j", (stdout, last) => {
    expect(() => runResult(stdout)).toThrow(
      `the follower's last line is "${last}" — it must be the run's result as JSON — run \`pulumi up\` again`,
    );
  });
});
