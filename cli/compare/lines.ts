import { bytesText, secondsText } from "../quantities.ts";
import { table } from "../table.ts";
import type { Comparison } from "./comparison.ts";
import type { Difference } from "./differences.ts";
import type { Series } from "./series.ts";
import { differing, labelsOf, MEAN, sentences, shortText, spreadText, valueText } from "./words.ts";

/** Longest text of a value in a table, in characters, by the number of runs. */
const LONGEST = { two: 48, more: 24 } as const;
/** Metrics whose rounds are printed; the document has all. */
const TABLES = 8;

/** Writes a comparison for people. */
export function comparisonLines(comparison: Comparison): string[] {
  const { settings, partitions, files, series, runs, groups } = comparison;
  const left = series.length - TABLES;
  return [
    ...table(HEAD, runs.map(runRow)),
    ...sentences(comparison),
    ...section("setting", settings, comparison),
    ...section("partition", partitions, comparison),
    ...section("file", files, comparison),
    ...series.slice(0, TABLES).flatMap((one) => ["", ...rounds(one, comparison)]),
    ...(left > 0 ? ["", `${left} more metrics are in --json`] : []),
    ...(groups.some(({ length }) => length > 1) && series.length > 0 ? ["", MEAN] : []),
  ];
}

const HEAD = ["", "run", "state", "model", "rounds", "time", "CPU", "received", "sent", "from"];

function runRow({ label, view, cost, sha256 }: Comparison["runs"][number]): string[] {
  const bytes = (value: number | null): string => (value === null ? "-" : bytesText(value));
  return [
    ...[label, view.run, view.state, sha256?.slice(0, 12) ?? "none"],
    ...[String(cost.rounds), secondsText(cost.seconds)],
    cost.cpu === null ? "-" : secondsText(cost.cpu),
    ...[bytes(cost.received), bytes(cost.sent), view.from],
  ];
}

function section(name: string, differences: readonly Difference[], { runs }: Comparison): string[] {
  if (differences.length === 0) return [`${name}s: no difference`];
  const longest = runs.length === 2 ? LONGEST.two : LONGEST.more;
  const rows = differences.map(({ key, values }) => [
    key,
    ...differing(values).map((value) => shortText(value, longest)),
  ]);
  return ["", ...table([name, ...runs.map(({ label }) => label)], rows)];
}

/** Rounds of a metric: of two runs with the difference, of equal ones with their mean. */
function rounds({ name, rounds: all }: Series, { runs, groups }: Comparison): string[] {
  const several = groups.flatMap((group, at) => (group.length > 1 ? [{ group, at }] : []));
  const isPair = runs.length === 2;
  const head = [
    "round",
    ...runs.map(({ label }, at) => (at === 0 ? `${name} ${label}` : label)),
    ...(isPair ? ["B - A"] : []),
    ...several.map(({ group }) => `mean of ${labelsOf(runs, group)}`),
  ];
  const rows = all.map(({ round, values, groups: means }) => [
    String(round),
    ...values.map((value) => valueText(name, value)),
    ...(isPair ? [change(name, values)] : []),
    ...several.map(({ at }) => spreadText(name, means[at] ?? null)),
  ]);
  return table(head, rows);
}

function change(name: string, [a, b]: Series["rounds"][number]["values"]): string {
  if (typeof a !== "number" || typeof b !== "number") return "-";
  return `${b > a ? "+" : ""}${valueText(name, b - a)}`;
}
