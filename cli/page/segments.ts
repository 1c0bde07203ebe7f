import type { Phase, RoundLine } from "../../contract/phase.ts";
import { shortSeconds } from "./shortSeconds.ts";

/** Activity in a piece of the timeline. */
export type Doing = "train" | "evaluate" | "other" | "transfer" | "waiting" | "gone" | "serving";

/** Piece of the timeline. */
export interface Segment {
  /** A client's partition, or the server. */
  readonly who: number | "server";
  readonly doing: Doing;
  /** Seconds since the first round that is shown. */
  readonly from: number;
  readonly to: number;
  /** Sentence for who hovers over it. */
  readonly text: string;
}

/** A round that is shown. */
export interface ShownRound {
  readonly round: number;
  /** Second at which it begins. */
  readonly from: number;
  /** Whether the run has failed in it. */
  readonly isBroken: boolean;
}

/** The timeline of some rounds. */
export interface Timeline {
  readonly segments: readonly Segment[];
  readonly rounds: readonly ShownRound[];
  /** Seconds in all. */
  readonly seconds: number;
  /** Clients that are shown. */
  readonly clients: readonly number[];
  /** Clients in all. */
  readonly all: number;
}

/** Part of the whole time below which a piece cannot be seen. */
const LEAST = 1 / 1000;

/**
 * Makes the timeline of the newest rounds.
 * @param broken the round in which the run has failed, after all others; null for none
 * @param room number of a client's phases that there is room for
 * @param most clients that there is room for: those that took the longest are shown
 * @returns null when no round has times, as those of an older version
 */
export function timelineOf(
  finished: readonly RoundLine[],
  broken: RoundLine | null,
  room: number,
  most: number,
): Timeline | null {
  const rounds = broken === null ? finished : [...finished, broken];
  const timed = rounds.filter(({ phases = [] }) => phases.length > 0);
  const all = byTime(timed);
  const clients = all.slice(0, most).sort((a, b) => a - b);
  const shown: RoundLine[] = [];
  let taken = 0;
  for (const line of timed.toReversed()) {
    taken += clients.length * (line.phases?.length ?? 0);
    if (shown.length > 0 && taken > room) break;
    shown.unshift(line);
  }
  if (shown.length === 0) return null;
  const seconds = shown.reduce((sum, line) => sum + lengthOf(line), 0);
  let from = 0;
  const begins: ShownRound[] = [];
  const segments: Segment[] = [];
  const wanted = new Set<number | "server">([...clients, "server"]);
  for (const line of shown) {
    begins.push({ round: line.round, from, isBroken: line === broken });
    for (const one of segmentsOf(line)) {
      if (!wanted.has(one.who) || one.to - one.from < LEAST * seconds) continue;
      segments.push({ ...one, from: one.from + from, to: one.to + from });
    }
    from += lengthOf(line);
  }
  return { segments, rounds: begins, seconds, clients, all: all.length };
}

/** Seconds of a round. A phase of an app that keeps no rounds may end after it. */
function lengthOf({ seconds, phases = [] }: RoundLine): number {
  return Math.max(seconds, ...phases.map(endOf));
}

/** Moment at which the last client's part of a phase was over. */
function endOf({ asked, replied, ended }: Phase): number {
  return [...asked, ...replied, ...ended].reduce<number>((a, b) => Math.max(a, b ?? 0), 0);
}

/** All clients, the one that took the longest time first. */
function byTime(rounds: readonly RoundLine[]): number[] {
  const times = new Map<number, number>();
  for (const { phases = [] } of rounds) {
    for (const phase of phases) {
      phase.partition.forEach((partition, at) => {
        const time = (phase.replied[at] ?? endOf(phase)) - (phase.asked[at] ?? 0);
        times.set(partition, (times.get(partition) ?? 0) + time);
      });
    }
  }
  return [...times].sort((a, b) => b[1] - a[1]).map(([partition]) => partition);
}

function segmentsOf(line: RoundLine): Segment[] {
  const { phases = [], round } = line;
  const of = phases.flatMap((phase) =>
    phase.partition.flatMap((_, at) => ofClient(phase, at, round)),
  );
  return [...of, ...ofServer(line)];
}

/** Work of a client in a phase. */
function ofClient(phase: Phase, at: number, round: number): Segment[] {
  const who = phase.partition[at] ?? 0;
  const [asked = 0, sent, began, ended, replied] = [
    phase.asked[at],
    ...[phase.sent[at], phase.began[at], phase.ended[at], phase.replied[at]].map(
      (moment) => moment ?? null,
    ),
  ];
  const piece = (doing: Doing, words: string, from: number, to: number): Segment[] => {
    const text = `client ${who}, round ${round}, ${phase.phase}: ${words} ${shortSeconds(to - from)}`;
    return to > from ? [{ who, doing, from, to, text }] : [];
  };
  const over = endOf(phase);
  if (sent === null || sent === undefined) return piece("gone", "not connected for", asked, over);
  const waiting = piece("waiting", "waited to be asked for", asked, sent);
  if (replied === null || replied === undefined) {
    return [...waiting, ...piece("gone", "did not answer for", sent, over)];
  }
  if (began === null || began === undefined || ended === null || ended === undefined) {
    const words = phase.good[at] === true ? "answered in" : "failed after";
    return [...waiting, ...piece(phase.good[at] === true ? "other" : "gone", words, sent, replied)];
  }
  const cpu = phase.cpu[at] ?? null;
  const isKnown = phase.phase === "train" || phase.phase === "evaluate";
  const [doing, words]: [Doing, string] =
    phase.good[at] === true
      ? [isKnown ? phase.phase : "other", "worked"]
      : ["gone", "failed after"];
  const work = piece(doing, words, Math.max(began, sent), ended).map((one) =>
    cpu === null ? one : { ...one, text: `${one.text} (${shortSeconds(cpu)} of CPU)` },
  );
  return [
    ...waiting,
    ...piece("transfer", "got the model in", sent, began),
    ...work,
    ...piece("transfer", "sent its reply in", ended, replied),
  ];
}

/** Work of the server while it waited for no client. */
function ofServer(line: RoundLine): Segment[] {
  const { phases = [], round } = line;
  const begins = phases.map(({ asked }) => asked.reduce((a, b) => Math.min(a, b), Infinity));
  return phases.flatMap((phase, at) => {
    const from = endOf(phase);
    const to = begins[at + 1] ?? lengthOf(line);
    const text = `server, round ${round}, after ${phase.phase}: had ${shortSeconds(to - from)} to aggregate, evaluate and keep`;
    return to > from ? [{ who: "server" as const, doing: "serving" as const, from, to, text }] : [];
  });
}
