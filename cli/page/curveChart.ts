import type { Curve, Point } from "./curves.ts";
import { roundAxis, SIZE, shown, thinned, valueAxis } from "./axes.ts";
import type { Chart } from "./draw.ts";
import { quantile } from "./quantile.ts";

/** Number of clients up to which each has a line; of more, the range is drawn. */
export const LINES = 12;
/** Points up to which each client's values are shown to who hovers. */
const HOVERED = 400;

type Layer = Readonly<Record<string, unknown>>;

/** Rounds that are drawn; of more, one in several. */
const ROUNDS = 200;
/** Values up to which a line has dots. */
const DOTS = 100;

/** Draws a metric by round: the server's and the clients' together as lines, each client's thin. */
export function curveChart({ name, points: all }: Curve): Chart {
  const rounds = [...new Set(all.map(({ round }) => round))].sort((a, b) => a - b);
  const kept = thinned(rounds, ROUNDS);
  const points = all.filter(({ round }) => kept.has(round));
  const own = points.filter(({ source }) => typeof source === "number");
  const x = roundAxis(rounds);
  const y = valueAxis(points.map(({ value }) => value));
  const isMany = new Set(own.map(({ source }) => source)).size > LINES;
  return {
    ...SIZE,
    encoding: { x },
    layer: [
      ...(isMany ? range(own, y) : thin(own, y)),
      ...strong(name, points, "clients", y),
      ...strong(name, points, "server", y),
    ],
  };
}

/** A line for each client. */
function thin(own: readonly Point[], y: object): Layer[] {
  if (own.length === 0) return [];
  const values = own.map((point) => ({
    ...point,
    text: `client ${point.source}, round ${point.round}: ${shown(point.value)}`,
  }));
  const detail = { field: "source", type: "nominal" };
  const color = { value: "var(--client)" };
  const line = { type: "line", strokeWidth: 1, opacity: 0.7, aria: false };
  return [
    { data: { values }, mark: line, encoding: { y, detail, color } },
    ...(own.length > HOVERED ? [] : dots(values, y, "var(--client)", 14)),
  ];
}

/** The range of all clients, and half of them. */
function range(own: readonly Point[], y: object): Layer[] {
  const values = [...new Set(own.map(({ round }) => round))].map((round) => {
    const points = own.filter((point) => point.round === round);
    const sorted = points.map(({ value }) => value).sort((a, b) => a - b);
    const [low, lower, middle, upper, high] = [0, 0.25, 0.5, 0.75, 1].map((part) =>
      quantile(sorted, part),
    );
    const text = `${points.length} clients, round ${round}: ${shown(low ?? 0)} to ${shown(high ?? 0)}, median ${shown(middle ?? 0)}`;
    return { round, low, lower, value: middle, upper, high, text };
  });
  const band = (from: string, to: string, opacity: number): Layer => ({
    data: { values },
    // Where there is one round only, an area has no width.
    mark: { type: values.length > 1 ? "area" : "rule", opacity, strokeWidth: 8, aria: false },
    encoding: {
      y: { ...y, field: from },
      y2: { field: to },
      color: { value: "var(--client)" },
    },
  });
  return [
    band("low", "high", 0.3),
    band("lower", "upper", 0.4),
    ...dots(values, y, "var(--client)", 14),
  ];
}

/** A line of the server, or of all clients together. */
function strong(
  name: string,
  points: readonly Point[],
  source: "server" | "clients",
  y: object,
): Layer[] {
  const values = points
    .filter((point) => point.source === source)
    .map((point) => ({
      ...point,
      text: `${source === "server" ? "server" : "clients together"}, round ${point.round}: ${name} ${shown(point.value)}`,
    }));
  if (values.length === 0) return [];
  const color = `var(--${source})`;
  const dash = source === "clients" ? { strokeDash: [5, 3] } : {};
  const line = { type: "line", strokeWidth: 2.2, aria: false, ...dash };
  return [
    { data: { values }, mark: line, encoding: { y, color: { value: color } } },
    ...(values.length > DOTS ? [] : dots(values, y, color, values.length > 40 ? 8 : 36)),
  ];
}

function dots(values: readonly object[], y: object, color: string, size: number): Layer[] {
  const description = { field: "text" };
  const mark = { type: "point", filled: true, opacity: 1, size };
  return [{ data: { values }, mark, encoding: { y, color: { value: color }, description } }];
}
