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
 * Finds all metrics of a run. What a client's evaluation sends under the name of a central metric is the same
 * metric; what other messages bring is not, as a loss on the data of training. Accuracy and loss come first.
 */
export function curvesOf(rounds: readonly RoundLine[]): Curve[] {
  const found = new Map<string, { points: Map<string, Point>; odd: number }>();
  const add = (name: string, round: number, source: Source, value: unknown): void => {
    if (isWeight(name)) return;
    const number = numberOf(value);
    if (number === undefined) return;
    const curve = found.get(name) ?? { points: new Map<string, Point>(), odd: 0 };
    found.set(name, curve);
    // The newest value of a client that was asked several times in a round.
    if (Number.isFinite(number)) {
      curve.points.set(`${round} ${source}`, { round, source, value: number });
    } else curve.odd += 1;
  };
  for (const { round, loss, accuracy, server, clients, phases = [] } of rounds) {
    const central = { ...(server ?? {}), accuracy, loss };
    for (const [name, value] of Object.entries(central)) add(name, round, "server", value);
    for (const [name, value] of Object.entries(clients)) add(name, round, "clients", value);
    for (const { phase, partition, metrics } of phases) {
      for (const [name, values] of Object.entries(metrics)) {
        if (isWeight(name)) continue;
        values.forEach((value, at) => {
          add(nameIn(phase, name), round, partition[at] ?? 0, value);
        });
      }
    }
  }
  return [...found]
    .map(([name, { points, odd }]) => ({ name, points: [...points.values()], odd }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}

/** Name of a client's metric, with the kind of message unless its own name tells it. */
function nameIn(phase: string, name: string): string {
  return phase === "evaluate" || name.includes(phase) ? name : `${name} (${phase})`;
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
