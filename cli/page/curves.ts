import type { RoundLine } from "../../contract/phase.ts";

/** Owner of a point's value: the server, all clients together, or one client. */
export type Source = "server" | "clients" | number;

/** One value of a metric in a round. */
export interface Point {
  readonly round: number;
  readonly source: Source;
  readonly value: number;
}

/** A metric by round. */
export interface Curve {
  readonly name: string;
  readonly points: readonly Point[];
  /** Number of values that are no finite numbers, and cannot be drawn. */
  readonly odd: number;
}

/** Names of metrics that only weigh the others, and of values that are no measurement. */
const WEIGHTS = /(^|[._ -])num[_-]examples$/;

/**
 * Finds all metrics of a run. What a client sends under the name of a central metric is the same metric;
 * accuracy and loss come first.
 */
export function curvesOf(rounds: readonly RoundLine[]): Curve[] {
  const found = new Map<string, { points: Point[]; odd: number }>();
  const add = (name: string, round: number, source: Source, value: unknown): void => {
    if (isWeight(name)) return;
    const number = numberOf(value);
    if (number === undefined) return;
    const curve = found.get(name) ?? { points: [], odd: 0 };
    found.set(name, curve);
    if (Number.isFinite(number)) curve.points.push({ round, source, value: number });
    else curve.odd += 1;
  };
  for (const { round, loss, accuracy, server, clients, phases = [] } of rounds) {
    const central = { ...(server ?? {}), accuracy, loss };
    for (const [name, value] of Object.entries(central)) add(name, round, "server", value);
    for (const [name, value] of Object.entries(clients)) add(name, round, "clients", value);
    for (const { partition, metrics } of phases) {
      for (const [name, values] of Object.entries(metrics)) {
        values.forEach((value, at) => {
          add(name, round, partition[at] ?? 0, value);
        });
      }
    }
  }
  return [...found]
    .map(([name, curve]) => ({ name, ...curve }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}

/** Tells whether a metric only weighs the others, or is no measurement. */
export function isWeight(name: string): boolean {
  return WEIGHTS.test(name);
}

/** Reads a number as JSON of a run has it; undefined for other values. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return ["NaN", "Infinity", "-Infinity"].includes(String(value)) ? Number(value) : undefined;
}

function rank(name: string): number {
  const at = ["accuracy", "loss"].indexOf(name);
  return at === -1 ? 2 : at;
}
