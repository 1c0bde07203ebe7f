import { expect, test } from "vitest";

import { timelineOf } from "../../../cli/page/segments.ts";
import { EXAMPLE, older } from "./support/exampleRound.ts";
import { exampleRun } from "./support/exampleRuns.ts";

/** Activity of somebody, from when until when. */
function pieces(timeline: ReturnType<typeof timelineOf>): unknown[] {
  return (timeline?.segments ?? []).map(({ who, doing, from, to }) => [
    ...[who, doing],
    ...[from, to].map((moment) => Number(moment.toFixed(3))),
  ]);
}

test("a client gets the model, works, and sends its reply; the server does the rest", () => {
  const timeline = timelineOf([EXAMPLE], null, 100, 100);
  expect(pieces(timeline)).toEqual([
    [0, "transfer", 0.012, 0.2],
    [0, "train", 0.2, 3.2],
    [0, "transfer", 3.2, 3.4],
    [1, "gone", 0.012, 1.1],
    ["server", "serving", 3.4, 4],
  ]);
  expect(timeline?.segments.map(({ text }) => text).slice(1, 4)).toEqual([
    "client 0, round 1, train: worked 3.00 s (5.81 s of CPU)",
    "client 0, round 1, train: sent its reply in 200 ms",
    "client 1, round 1, train: failed after 1.09 s",
  ]);
});

test("a client that was not there, or did not answer, is gone until the phase is over", () => {
  const [phase] = EXAMPLE.phases ?? [];
  if (phase === undefined) throw new Error("no phase");
  const never = { ...phase, sent: [0.012, null], replied: [3.4, null] };
  const silent = { ...phase, sent: [0.012, 1], replied: [3.4, null] };
  const ofClient = (of: typeof phase): unknown[] =>
    pieces(timelineOf([{ ...EXAMPLE, phases: [of] }], null, 100, 100)).filter(
      (one) => (one as unknown[])[0] === 1,
    );
  expect(ofClient(never)).toEqual([[1, "gone", 0.01, 3.4]]);
  expect(ofClient(silent)).toEqual([
    [1, "waiting", 0.01, 1],
    [1, "gone", 1, 3.4],
  ]);
});

test("the newest rounds and the slowest clients are shown where there is no room for all", () => {
  const { rounds } = exampleRun({ clients: 10, rounds: 5 });
  const timeline = timelineOf(rounds, null, 12, 3);
  expect(timeline?.rounds.map(({ round }) => round)).toEqual([4, 5]);
  expect(timeline?.clients).toHaveLength(3);
  expect(timeline?.clients).toContain(1);
  expect(timeline?.all).toBe(10);
});

test("the round in which the run has failed is the last", () => {
  const timeline = timelineOf([EXAMPLE], { ...EXAMPLE, round: 2, seconds: 3.5 }, 100, 100);
  expect(timeline?.rounds).toEqual([
    { round: 1, from: 0, isBroken: false },
    { round: 2, from: 4, isBroken: true },
  ]);
  expect(timeline?.segments.at(-1)?.text).toBe(
    "server, round 2, after train: had 100 ms to aggregate, evaluate and keep",
  );
  expect(timelineOf([], EXAMPLE, 100, 100)?.seconds).toBe(4);
});

test("rounds without times have no timeline", () => {
  expect(timelineOf([older(EXAMPLE)], null, 100, 100)).toBe(null);
});
