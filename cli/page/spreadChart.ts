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

/** One value of a line. */
interface Point {
  readonly round: number;
  readonly value: number;
  /** Text that is shown to a pointer above it. */
  readonly text: string;
  /** Name of its line. */
  readonly line: string;
  readonly color: string;
}

/** Lines that look alike but for their colour; as one layer, since layers take the most time. */
interface Look {
  readonly points: readonly Point[];
  readonly strokeDash: readonly number[];
  /** Whether they are runs whose mean is a strong line. */
  readonly isThin: boolean;
}

/** Draws a metric of all runs: a line for each, and the mean of equal ones in the band of its deviation. */
export function spreadChart(series: Series, comparison: Comparison): Chart {
  const { runs, groups } = comparison;
  const all = series.rounds.map(({ round }) => round);
  const kept = thinned(all, Math.ceil(VALUES / runs.length));
  const rounds = series.rounds.filter(({ round }) => kept.has(round));
  const bands = groups.map((_, at) => bandOf(rounds, at));
  const looks = groups.flatMap((_, at) => looksOf({ ...series, rounds }, comparison, at));
  const values = looks.flatMap(({ points }) => points.map(({ value }) => value));
  const y = valueAxis([...bands.flat().flatMap(({ low, high }) => [low, high]), ...values]);
  const hasDots = values.length <= DOTS;
  return {
    ...SIZE,
    encoding: { x: roundAxis(all), color: { field: "color", scale: null } },
    layer: [
      ...area(bands, y),
      ...alike(looks).flatMap((look) => [stroke(look, y), ...(hasDots ? [dots(look, y)] : [])]),
    ],
  };
}

/** Part of a group's band. */
interface Edge {
  readonly round: number;
  readonly low: number;
  readonly high: number;
  readonly line: string;
  readonly color: string;
}

function bandOf(rounds: readonly SeriesRound[], group: number): Edge[] {
  return rounds.flatMap(({ round, groups }) => {
    const { mean = 0, deviation = null } = groups[group] ?? {};
    if (deviation === null) return [];
    const [low, high] = [mean - deviation, mean + deviation];
    return [{ round, low, high, line: String(group), color: hueOf(group) }];
  });
}

/** Lines of a group's runs, and of their mean. */
function looksOf(series: Series, { runs, groups }: Comparison, group: number): Look[] {
  const places = groups[group] ?? [];
  const [color, strokeDash] = [hueOf(group), dashOf(group)];
  const own = places.map((at): Look => {
    const line = runs[at]?.label ?? "";
    const points = series.rounds.flatMap(({ round, values }) => {
      const value = values[at];
      const text = `${line}, round ${round}: `;
      return typeof value === "number"
        ? [{ round, value, text: text + shown(value), line, color }]
        : [];
    });
    return { points, strokeDash, isThin: places.length > 1 };
  });
  const line = `mean of ${labelsOf(runs, places)}`;
  const mean = series.rounds.flatMap(({ round, groups: means }) => {
    const spread = means[group] ?? null;
    if (spread === null) return [];
    const text = `${line}, round ${round}: ${spreadText(series.name, spread)}`;
    return [{ round, value: spread.mean, text, line, color }];
  });
  return [...own, { points: mean, strokeDash, isThin: false }];
}

/** Joins what looks alike; thin lines come first, below the others. */
function alike(looks: readonly Look[]): Look[] {
  const found = new Map<string, Look>();
  for (const look of [...looks].sort((a, b) => Number(b.isThin) - Number(a.isThin))) {
    const key = `${look.isThin} ${look.strokeDash.join(" ")}`;
    const points = [...(found.get(key)?.points ?? []), ...look.points];
    found.set(key, { ...look, points });
  }
  return [...found.values()].filter(({ points }) => points.length > 0);
}

const DETAIL = { field: "line", type: "nominal" };

function area(bands: readonly Edge[][], y: object): Layer[] {
  const values = bands.flat();
  if (values.length === 0) return [];
  // Where there is one round only, an area has no width.
  const type = new Set(values.map(({ round }) => round)).size > 1 ? "area" : "rule";
  return [
    {
      data: { values },
      mark: { type, opacity: 0.22, strokeWidth: type === "rule" ? 14 : 0, aria: false },
      encoding: { y: { ...y, field: "low" }, y2: { field: "high" }, detail: DETAIL },
    },
  ];
}

function stroke({ points, strokeDash, isThin }: Look, y: object): Layer {
  const strokeWidth = isThin ? 1 : 2.2;
  const mark = { type: "line", strokeWidth, strokeDash, opacity: isThin ? 0.6 : 1, aria: false };
  return { data: { values: points }, mark, encoding: { y, detail: DETAIL } };
}

function dots({ points, isThin }: Look, y: object): Layer {
  const mark = { type: "point", filled: true, opacity: 1, size: isThin ? 10 : 32 };
  return { data: { values: points }, mark, encoding: { y, description: { field: "text" } } };
}
