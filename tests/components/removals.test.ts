import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { removalSentence, surplus } from "../../components/removals.ts";
import type { NamedRun } from "../../components/stackState.ts";

interface Case {
  readonly about: string;
  readonly keep: number;
  readonly current: string;
  readonly runs: readonly NamedRun[];
  readonly surplus: readonly string[];
}

// tests/app/test_run_removal.py reads the same file in Python.
const CASES = JSON.parse(readFileSync("contract/examples/surplus.json", "utf8")) as Case[];

test.each(CASES.map((one) => [one.about, one] as const))("%s", (_, one) => {
  const old = surplus(one.runs, one.keep, one.current);
  expect(old.map(({ id }) => id)).toEqual(one.surplus);
});

const OLD = { id: "aa11", state: "completed", rounds: 5, ended: "2026-11-25T12:00:20Z" };
const LAST = { id: "bb22", state: "completed", rounds: 3, ended: "2026-11-26T12:00:20Z" };

function sentence(
  keep: number | undefined,
  runs: readonly NamedRun[],
  current: string,
  serverRun?: string,
): string | undefined {
  return removalSentence(keep, { runs, serverRun }, current);
}

describe("removalSentence", () => {
  test("names the run that goes when this update's run is completed, and how to keep it", () => {
    expect(sentence(2, [OLD, LAST], "cc33")).toBe(
      "keepRuns is 2, so this update removes run aa11 (completed 2026-11-25T12:00:20Z, 5 rounds) from the volume — fetch what you need before: npx kubeflower results aa11; or keep all: pulumi config rm keepRuns",
    );
  });

  test("names runs of which an older version kept no time", () => {
    const runs = [{ id: "aa11", state: "completed" }, { id: "dd44", state: "failed" }, LAST];
    expect(sentence(1, runs, "cc33")).toContain(
      "removes run aa11 (completed) and run dd44 (failed) and run bb22 (completed 2026-11-26T12:00:20Z, 3 rounds) from",
    );
  });

  test.each<[string, number | undefined, readonly NamedRun[], string]>([
    ["every run is kept", undefined, [OLD, LAST], "cc33"],
    ["there is room for this run", 3, [OLD, LAST], "cc33"],
    ["this run is completed already", 2, [OLD, LAST], "bb22"],
    ["this run has failed for good", 2, [OLD, LAST, { id: "cc33", state: "failed" }], "cc33"],
    ["this run is an old one", 1, [OLD, LAST], "aa11"],
  ])("says nothing when %s", (_, keep, runs, current) => {
    expect(sentence(keep, runs, current)).toBeUndefined();
  });

  test("an interrupted run that this update completes counts as the newest", () => {
    const runs = [OLD, { id: "cc33", state: "interrupted", ended: "2026-11-24T12:00:20Z" }, LAST];
    expect(sentence(2, runs, "cc33")).toContain("removes run aa11 ");
  });

  test("names a run that was going on at the last update: the server completes it without one", () => {
    const runs = [OLD, { id: "bb22", state: "unfinished", ended: null, rounds: 2 }];
    expect(sentence(1, runs, "cc33", "bb22")).toContain(
      "removes run aa11 (completed 2026-11-25T12:00:20Z, 5 rounds) and run bb22 (if it is completed by now) from",
    );
  });

  test("names a run whose update was stopped before it had outputs", () => {
    expect(sentence(1, [LAST], "cc33", "dd44")).toContain(
      "removes run bb22 (completed 2026-11-26T12:00:20Z, 3 rounds) and run dd44 (if it is completed by now) from",
    );
  });

  test("takes the server's run for no other when it is this update's, or has ended", () => {
    expect(sentence(2, [OLD], "cc33", "cc33")).toBeUndefined();
    expect(sentence(2, [LAST], "cc33", "bb22")).toBeUndefined();
  });
});
