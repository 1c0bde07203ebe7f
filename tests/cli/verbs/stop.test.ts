import { expect, test } from "vitest";

import type { Answer } from "../../../cli/answer.ts";
import { stopRun } from "../../../cli/verbs/stop.ts";
import type { Status } from "../../../contract/status.ts";
import { answerMisfits } from "../support/schema.ts";
import { after, waiting } from "../support/world.ts";

const STOPPED: Status = {
  ...after(1, "failed"),
  reason: "round 1: it was stopped by `kubeflower stop`",
  failure: { code: "stopped", interrupted: true },
};

/** Stops a run in a world whose clock moves only by sleeping. */
function stop(
  at: (second: number) => Status | null,
  refusal: string | null = null,
): Promise<Answer | null> {
  let clock = 0;
  return stopRun(
    {
      status: () => Promise.resolve(at(clock)),
      ask: () => Promise.resolve(refusal),
      now: () => clock,
      sleep: (seconds) => {
        clock += seconds;
        return Promise.resolve();
      },
    },
    60,
  );
}

test("a run ends after its round, and it is told how to fetch it and how it goes on", async () => {
  const answer = await stop((s) => (s < 5 ? after(1) : STOPPED));
  expect(answer?.document).toEqual({ run: "ab12", state: "stopped", rounds: 1 });
  expect(answer?.lines).toEqual([
    "run ab12 was stopped after 1 of 2 rounds — fetch what it has: kubeflower results — or let it go on: pulumi up",
  ]);
  expect(answerMisfits("stop", answer?.document ?? {})).toEqual([]);
});

test("a run that is completed by then, or was before, is no failure", async () => {
  const answer = await stop((s) => after(2, s < 5 ? "running" : "completed"));
  expect(answer?.lines).toEqual(["run ab12 is completed after 2 rounds: there is nothing to stop"]);
  expect(answerMisfits("stop", answer?.document ?? {})).toEqual([]);
});

test("a run that cannot be stopped says why", async () => {
  await expect(stop(() => waiting)).rejects.toThrow(
    "run ab12 cannot be stopped: it waits for clients",
  );
  await expect(stop(() => after(1), "it has no checkpoint")).rejects.toThrow(
    "run ab12 cannot be stopped: it has no checkpoint — let it go on",
  );
  await expect(stop(() => ({ ...after(1, "failed"), reason: "no data" }))).rejects.toThrow(
    "run ab12 failed after 1 of 2 rounds: no data",
  );
  expect(await stop(() => null)).toBe(null);
});

test("a round that takes longer than one waits is told to end by itself; a new pod is waited for", async () => {
  await expect(stop((s) => (s < 30 ? after(1) : null))).rejects.toThrow(
    "run ab12 is still in its round after 60 s — it ends after the round: `kubeflower status` shows it",
  );
});
