import type { Comparison } from "../compare/comparison.ts";
import type { Series, SeriesRound } from "../compare/series.ts";
import { labelsOf, spreadText } from "../compare/words.ts";
import { roundAxis, shown, SIZE, thinned, valueAxis } from "./axes.ts";
import type { Chart } from "./draw.ts";
import { dashOf, hueOf } from "./hues.ts";

/** Values of a chart that are drawn, and up to which they have dots. */
const VALUES = 1200;
const DOTS = 160;

type Layer = Readonly<Record<string, unknown>>;

/** One line of a chart. */
interface Line {
  readonly values: readonly { round: number; value: number; text: string }[];
  readonly color: string;
  readonly strokeDash: readonly number[];
  /** Whether it is one of several equal runs, whose mean is the strong line. */
  readonly isThin: boolean;
}

/** Draws a metric of all runs: a line for each, and the mean of equal ones in the band of its deviation. */
export function spreadChart(series: Series, comparison: Comparison): Chart {
  const { runs, groups } = comparison;
  const all = series.rounds.map(({ round }) => round);
  const kept = thinned(all, Math.ceil(VALUES / runs.length));
  const rounds = series.rounds.filter(({ round }) => kept.has(round));
  const bands = groups.flatMap((_, at) => bandOf(rounds, at));
  const lines = groups.flatMap((_, at) => linesOf(series.name, rounds, comparison, at));
  const edges = bands.flatMap(({ values }) => values.flatMap(({ low, high }) => [low, high]));
  const values = lines.flatMap((line) => line.values.map(({ value }) => value));
  const y = valueAxis([...edges, ...values]);
  const hasDots = values.length <= DOTS;
  return {
    ...SIZE,
    encoding: { x: roundAxis(all) },
    layer: [
      ...bands.map((band) => area(band, y)),
      ...lines.flatMap((line) => [stroke(line, y), ...(hasDots ? [dots(line, y)] : [])]),
    ],
  };
}

/** Band of a group's deviation. */
interface Band {
  readonly values: readonly { round: number; low: number; high: number }[];
  readonly color: string;
}

function bandOf(rounds: readonly SeriesRound[], group: number): Band[] {
  const values = rounds.flatMap(({ round, groups }) => {
    const { mean = 0, deviation = null } = groups[group] ?? {};
    return deviation === null ? [] : [{ round, low: mean - deviation, high: mean + deviation }];
  });
  return values.length === 0 ? [] : [{ values, color: hueOf(group) }];
}

/** Lines of a group's runs, and of their mean. */
function linesOf(
  name: string,
  rounds: readonly SeriesRound[],
  { runs, groups }: Comparison,
  group: number,
): Line[] {
  const places = groups[group] ?? [];
  const look = { color: hueOf(group), strokeDash: dashOf(group) };
  const own = places.map((at) => {
    const values = rounds.flatMap(({ round, values: all }) => {
      const value = all[at];
      if (typeof value !== "number") return [];
      return [{ round, value, text: `${runs[at]?.label ?? ""}, round ${round}: ${shown(value)}` }];
    });
    return { ...look, values, isThin: places.length > 1 };
  });
  const mean = rounds.flatMap(({ round, groups: means }) => {
    const spread = means[group] ?? null;
    if (spread === null) return [];
    const text = `mean of ${labelsOf(runs, places)}, round ${round}: ${spreadText(name, spread)}`;
    return [{ round, value: spread.mean, text }];
  });
  return [...own, ...(mean.length === 0 ? [] : [{ ...look, values: mean, isThin: false }])];
}

function area({ values, color }: Band, y: object): Layer {
  // Where there is one round only, an area has no width.
  const type = values.length > 1 ? "area" : "rule";
  return {
    data: { values },
    mark: { type, opacity: 0.22, strokeWidth: type === "rule" ? 14 : 0, aria: false },
    encoding: { y: { ...y, field: "low" }, y2: { field: "high" }, color: { value: color } },
  };
}

function stroke({ values, color, strokeDash, isThin }: Line, y: object): Layer {
  const strokeWidth = isThin ? 1 : 2.2;
  const mark = { type: "line", strokeWidth, strokeDash, opacity: isThin ? 0.6 : 1, aria: false };
  return { data: { values }, mark, encoding: { y, color: { value: color } } };
}

function dots({ values, color, isThin }: Line, y: object): Layer {
  const mark = { type: "point", filled: true, opacity: 1, size: isThin ? 10 : 32 };
  const description = { field: "text" };
  return { data: { values }, mark, encoding: { y, color: { value: color }, description } };
}
