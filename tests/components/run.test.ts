import { describe, expect, it } from "vitest";
import { FederatedRun, runResult } from "../../components/run.ts";
import { recordResources, RESULT, settled, valueOf } from "../support/mocks.ts";

const ARGS = {
  context: "lab",
  cluster: "its-id",
  namespace: "kubeflower",
  volume: "its-uid",
  runId: "0123456789ab",
  timeout: 3600,
  wait: true,
};

describe("FederatedRun", () => {
  it("follows by our own program, live, by relative paths and with nothing to undo", async () => {
    const recorder = recordResources(false);
    new FederatedRun("run", ARGS);
    await settled();
    expect(recorder.one("command:local:Command").inputs).toEqual({
      interpreter: ["node", "--import", "tsx"],
      create: "cli/follow.ts",
      environment: {
        KUBEFLOWER_FOLLOW: JSON.stringify({
          context: "lab",
          namespace: "kubeflower",
          run: "0123456789ab",
          timeout: 3600,
          wait: true,
        }),
      },
      triggers: ["0123456789ab", "kubeflower", "its-id", "its-uid"],
      logging: "stdoutAndStderr",
      addPreviousOutputInEnv: false,
    });
  });

  it("gives the result of the follower's last line", async () => {
    recordResources(false);
    expect(await valueOf(new FederatedRun("run", ARGS).result)).toEqual(RESULT);
  });

  it("knows no result in preview", async () => {
    recordResources(true);
    expect(await valueOf(new FederatedRun("run", ARGS).result)).toBeUndefined();
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
