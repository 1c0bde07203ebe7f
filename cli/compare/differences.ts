import type { RunView } from "./runView.ts";

/** Something that is not the same in all runs. */
export interface Difference {
  readonly key: string;
  /** Value in each run, in their order; null where a run has none. */
  readonly values: readonly unknown[];
}

/** Files that hold times, and so are never the same. */
const TIMED = ["run.json", "events.jsonl", "metrics.jsonl", "metrics.csv", "result.json"];

/** Settings, image and versions that are not the same. */
export function settingsAmong(runs: readonly RunView[]): Difference[] {
  return among(runs.map(settingsOf));
}

/** Partitions whose records are not the same. */
export function partitionsAmong(runs: readonly RunView[]): Difference[] {
  return among(runs.map(({ partitions }) => partitions));
}

/** Files whose digests are not the same; those that hold times always differ and are left out. */
export function filesAmong(runs: readonly RunView[]): Difference[] {
  const digests = ({ files }: RunView): Record<string, unknown> =>
    Object.fromEntries(files.map(({ path, sha256 }) => [path, sha256]));
  return among(runs.map(digests)).filter(({ key }) => !TIMED.includes(key));
}

/** Everything that decides how a run ends, by flat names; nothing of a run without a record. */
export function settingsOf({ record }: RunView): Record<string, unknown> {
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

function among(all: readonly Readonly<Record<string, unknown>>[]): Difference[] {
  const keys = new Set(all.flatMap((one) => Object.keys(one)));
  return [...keys]
    .map((key) => ({ key, values: all.map((one) => one[key] ?? null) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}
