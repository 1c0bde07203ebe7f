import { expect, test } from "vitest";

import { diagnose } from "../../../cli/diagnosis/diagnose.ts";
import { snapshot } from "../support/objects.ts";
import { CONTAINERS } from "./states/containers.ts";
import { IMAGES } from "./states/images.ts";
import { LATER } from "./states/later.ts";
import { OBJECTS } from "./states/objects.ts";
import { REFUSED } from "./states/refused.ts";
import { REJECTED } from "./states/rejected.ts";
import { SCHEDULING } from "./states/scheduling.ts";
import { SETUP } from "./states/setup.ts";
import type { State } from "./states/state.ts";
import { statesPage, type Row } from "./states/statesPage.ts";
import { STEPS } from "./states/steps.ts";
import { UNREADY } from "./states/unready.ts";
import { VOLUMES } from "./states/volumes.ts";

/** Seconds within which each state is told. */
const WORST = 10;
const GROUPS: Readonly<Record<string, readonly State[]>> = {
  "No node takes a pod": SCHEDULING,
  "Nobody may make a pod": REFUSED,
  "The volume does not come": VOLUMES,
  "An image is not pulled": IMAGES,
  "A node does not set a pod up": SETUP,
  "A container does not start, or ends": CONTAINERS,
  "A node refuses a pod, or ends it": REJECTED,
  "A pod or its node later": LATER,
  "A pod that is not ready, and no event says why": UNREADY,
  "The federation's other objects": OBJECTS,
};
const all = Object.values(GROUPS).flat();

function toldOf({ after }: State, seconds: number): string | null {
  return diagnose(snapshot(after(seconds)))?.text ?? null;
}

/** Finds the age at which a state is told first, and how. */
function rowOf(state: State): Row {
  for (let seconds = 0; seconds <= WORST; seconds += 1) {
    const sentence = toldOf(state, seconds);
    if (sentence !== null) return { state: state.name, sentence, seconds };
  }
  return { state: state.name, sentence: "", seconds: Infinity };
}

test.each(all)("$name is told within 10 s, in one sentence with a remedy, and stays", (state) => {
  const { sentence, seconds } = rowOf(state);
  expect(seconds).toBeLessThanOrEqual(WORST);
  const parts = sentence.split(" — ");
  expect(parts.length, sentence).toBeGreaterThan(1);
  expect(sentence).not.toMatch(/undefined|null|NaN|\n/);
  expect(toldOf(state, 60)).toBe(sentence);
});

test("no two states of a group have one name", () => {
  for (const [group, states] of Object.entries(GROUPS)) {
    const names = states.map(({ name }) => name);
    expect([group, ...new Set(names)]).toEqual([group, ...names]);
  }
});

test.each(STEPS)("$name is a step on the way, and nothing is told of it", (state) => {
  for (const seconds of [0, 3, 6, WORST]) expect(toldOf(state, seconds)).toBeNull();
});

test("docs/states.md has all states as they are told; vitest's -u writes it", async () => {
  const groups = Object.entries(GROUPS).map(([name, states]) => [name, states.map(rowOf)] as const);
  await expect(statesPage(groups)).toMatchFileSnapshot("../../../docs/states.md");
});
