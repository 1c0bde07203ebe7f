import type { Metric, Round } from "../../contract/status.ts";
import { accuracyOf } from "../result.ts";
import type { RunView } from "./runView.ts";

/** Value in both runs; undefined became null where one has none. */
export interface Difference {
  readonly key: string;
  readonly a: unknown;
  readonly b: unknown;
}

/** Measured values of one round. */
export interface Point {
  readonly accuracy: Metric | null;
  readonly loss: Metric | null;
  readonly seconds: number;
}

/** A round of both runs; null where one has no such round. */
export interface RoundPair {
  readonly round: number;
  readonly a: Point | null;
  readonly b: Point | null;
}

/** Settings, image and versions that are not the same. */
export function settingsBetween(a: RunView, b: RunView): Difference[] {
  return between(settingsOf(a), settingsOf(b));
}

/** Partitions whose records are not the same. */
export function partitionsBetween(a: RunView, b: RunView): Difference[] {
  return between(a.partitions, b.partitions);
}

/** Files whose digests are not the same; those that hold times always differ and are left out. */
export function filesBetween(a: RunView, b: RunView): Difference[] {
  const digests = ({ files }: RunView): Record<string, unknown> =>
    Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]));
  const timed = ["run.json", "events.jsonl", "metrics.jsonl", "metrics.csv", "result.json"];
  return between(digests(a), digests(b)).filter(({ key }) => !timed.includes(key));
}

/** Curves of both runs, round by round. */
export function roundsOf(a: RunView, b: RunView): RoundPair[] {
  const numbers = new Set([...a.rounds, ...b.rounds].map(({ round }) => round));
  return [...numbers]
    .sort((x, y) => x - y)
    .map((round) => ({ round, a: pointOf(a.rounds, round), b: pointOf(b.rounds, round) }));
}

function pointOf(rounds: readonly Round[], number: number): Point | null {
  const found = rounds.find(({ round }) => round === number);
  if (found === undefined) return null;
  return { accuracy: accuracyOf(found), loss: found.loss, seconds: found.seconds };
}

/** Everything that decides how a run ends, by flat names. */
function settingsOf({ record }: RunView): Record<string, unknown> {
  if (record === null) return {};
  const spec = Object.entries(record.spec).filter(([key]) => key !== "runConfig");
  const { origin, image, versions, machine } = record;
  return {
    ...Object.fromEntries(spec),
    ...prefixed("runConfig", record.runConfig),
    ...prefixed("origin", origin ?? {}),
    image,
    ...prefixed("versions", versions),
    machine,
  };
}

function prefixed(name: string, values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`${name}.${key}`, value as unknown]),
  );
}

function between(
  a: Readonly<Record<string, unknown>>,
  b: Readonly<Record<string, unknown>>,
): Difference[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys]
    .map((key) => ({ key, a: a[key] ?? null, b: b[key] ?? null }))
    .filter((one) => JSON.stringify(one.a) !== JSON.stringify(one.b));
}
