import { afterAll, beforeAll, expect, test } from "vitest";

import type { Ended } from "../../../dev/checkout.ts";
import { TinyRun } from "../support/tinyRun.ts";
import { KeptStack, reason } from "./support/keptStack.ts";

const MINUTE = 60_000;
const CASE = { timeout: 10 * MINUTE };
let kept: KeptStack;
/** Digest of the model of three rounds. */
let calm: string;

beforeAll(async () => {
  kept = await KeptStack.make("kept-unfinished");
}, 45 * MINUTE);

afterAll(() => kept.checkout.remove(), 5 * MINUTE);

/** Runs a `kubeflower` command for the stack's namespace; it may fail. */
function kubeflower(command: string, ...more: string[]): Promise<Ended> {
  const { checkout } = kept;
  const where = ["--context", checkout.context, "--namespace", checkout.namespace];
  const args = ["cli/kubeflower.mjs", command, ...where, ...more];
  return checkout.ended(process.execPath, args, 5);
}

test("a run that nobody waited for is brought up to date by the next update", CASE, async () => {
  const { checkout } = kept;
  await checkout.set({ wait: "false", rounds: "3" });
  await kept.setRunConfig("hold", "2");
  expect((await kept.up()).code).toBe(0);
  const { id, state } = await checkout.result();
  expect(state).toBe("running");
  const run = new TinyRun(checkout, id);
  await run.holds(2);
  await run.goOn(2);
  const followed = await kubeflower("follow", "--run", id);
  expect(followed.code, followed.said).toBe(0);
  expect((await kept.up()).code).toBe(0);
  expect(await checkout.result()).toMatchObject({ id, state: "completed", rounds: 3 });
  calm = (await checkout.result()).modelSha256;
  expect(await checkout.pulumi("preview", "--expect-no-changes")).toMatch(/\d+ unchanged/);
});

test(
  "an update whose run fails has that run in its outputs, and `status` fails as well",
  CASE,
  async () => {
    await kept.checkout.set({ wait: "true" });
    await kept.setRunConfig("hold", "");
    await kept.setRunConfig("fail-round", "2");
    const { code, said } = await kept.up();
    expect(code, said).toBe(1);
    const { run } = JSON.parse(await kept.checkout.pulumi("stack", "output", "--json")) as {
      run: { state: string; rounds: number; reason: string };
    };
    expect(run).toMatchObject({ state: "failed", rounds: 1, reason: reason(said) });
    expect(run.reason).toContain(
      "failed after 1 of 3 rounds: round 2: ValueError: the test set is gone",
    );
    expect((await kubeflower("status")).code).toBe(1);
  },
);

test(
  "a run that roundTimeout interrupted names it, and goes on when it is raised",
  CASE,
  async () => {
    await kept.setRunConfig("fail-round", "0");
    await kept.setRunConfig("pause", "4");
    await kept.checkout.set({ roundTimeout: "2" });
    const { code, said } = await kept.up();
    expect(code, said).toBe(1);
    expect(reason(said)).toMatch(
      /^run [0-9a-f]{12} was interrupted after 0 of 3 rounds: .*client 0.* — give a round more time: pulumi config set roundTimeout 4, then `pulumi up`: the run goes on after round 0$/,
    );
    const { id } = await kept.checkout.result();
    await kept.checkout.set({ roundTimeout: "60" });
    expect((await kept.up()).code).toBe(0);
    const result = { id, state: "completed", rounds: 3, modelSha256: calm };
    expect(await kept.checkout.result()).toMatchObject(result);
  },
);
