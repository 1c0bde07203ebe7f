import { metricText } from "../quantities.ts";
import type { Metric } from "../../contract/status.ts";
import type { ComparedRun, Comparison } from "./comparison.ts";
import { SECONDS } from "./series.ts";
import type { Spread } from "./spread.ts";

/** Sentence that says how a mean is written. */
export const MEAN =
  "Mean ± sample standard deviation (n - 1) of runs that are equal but for the seed; metrics with four decimals, seconds with one.";

/** Letters of some runs, like `A, B`. */
export function labelsOf(runs: readonly ComparedRun[], places: readonly number[]): string {
  return places.map((at) => runs[at]?.label ?? "").join(", ");
}

/** Says which runs are equal but for the seed, and which have the same model. */
export function sentences({ runs, groups, hasSameModel }: Comparison): string[] {
  const equal = groups.filter(({ length }) => length > 1);
  const missing = runs.some(({ view }) => view.record === null);
  return [
    ...(equal.length === 0 ? ["no two runs are equal in all settings but the seed"] : []),
    ...equal.map((places) => {
      const seeds = new Set(places.map((at) => runs[at]?.view.record?.spec.seed));
      return `equal in all settings${seeds.size > 1 ? " but the seed" : ""}: ${labelsOf(runs, places)}`;
    }),
    ...(missing ? ["settings of a run without a record are not known"] : []),
    `model: ${hasSameModel ? "the same" : modelsText(runs)}`,
  ];
}

/** Writes a value of a series. */
export function valueText(name: string, value: Metric | null): string {
  return metricText(value, digitsOf(name));
}

/** Writes a mean with its deviation; `-` for none. */
export function spreadText(name: string, spread: Spread | null): string {
  if (spread === null) return "-";
  const [digits, { mean, deviation }] = [digitsOf(name), spread];
  return mean.toFixed(digits) + (deviation === null ? "" : ` ± ${deviation.toFixed(digits)}`);
}

/** Takes out of records what is the same in all runs: a line has no room for it. */
export function differing(values: readonly unknown[]): readonly unknown[] {
  const records = values.filter((value) => value !== null);
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!records.every(isRecord)) return values;
  const keys = [...new Set(records.flatMap((record) => Object.keys(record)))].filter(
    (key) => new Set(records.map((record) => JSON.stringify(record[key]))).size > 1,
  );
  if (keys.length === 0) return values;
  return values.map((value) =>
    isRecord(value)
      ? Object.fromEntries(keys.flatMap((key) => (key in value ? [[key, value[key]]] : [])))
      : value,
  );
}

/** Writes any value of a record in a line, at most some characters of it; `-` for none. */
export function shortText(value: unknown, longest: number): string {
  if (value === null || value === undefined) return "-";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

function digitsOf(name: string): number {
  return name === SECONDS ? 1 : 4;
}

/** Names the runs whose models are the same, where not all are. */
function modelsText(runs: readonly ComparedRun[]): string {
  const digests = [...new Set(runs.flatMap(({ sha256 }) => sha256 ?? []))];
  const equal = digests
    .map((sha256) => runs.filter((run) => run.sha256 === sha256).map(({ label }) => label))
    .filter(({ length }) => length > 1);
  const parts = equal.map((labels) => labels.join(", "));
  return parts.length === 0 ? "different" : `the same in ${parts.join("; in ")} only`;
}
