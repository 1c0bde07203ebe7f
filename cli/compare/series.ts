import type { RoundLine } from "../../contract/phase.ts";
import type { Metric } from "../../contract/status.ts";
import { isWeight, numberOf } from "../page/curves.ts";
import type { RunView } from "./runView.ts";
import { spreadOf, type Spread } from "./spread.ts";

/** A metric of all runs by round. */
export interface Series {
  /** Its name; what the clients have measured together is `clients' NAME`. */
  readonly name: string;
  readonly rounds: readonly SeriesRound[];
}

/** Values of one round. */
export interface SeriesRound {
  readonly round: number;
  /** Value in each run, in their order; null where a run has none. */
  readonly values: readonly (Metric | null)[];
  /** Mean of each group; null of a group of one run. */
  readonly groups: readonly (Spread | null)[];
}

/** Name of a series that every run has. */
export const SECONDS = "seconds of a round";

/** Finds all metrics of runs, accuracy and loss first; the seconds of a round are the last one. */
export function seriesOf(
  runs: readonly RunView[],
  groups: readonly (readonly number[])[],
): Series[] {
  const tables = runs.map(
    ({ rounds }) => new Map(rounds.map((line) => [line.round, measured(line)])),
  );
  const all = tables.flatMap((table) => [...table.values()]);
  const names = [...new Set(all.flatMap((values) => [...values.keys()]))];
  return names
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((name) => ({ name, rounds: roundsOf(name, tables, groups) }));
}

type Table = ReadonlyMap<number, ReadonlyMap<string, Metric>>;

function roundsOf(
  name: string,
  tables: readonly Table[],
  groups: readonly (readonly number[])[],
): SeriesRound[] {
  const numbers = tables.flatMap((table) =>
    [...table].flatMap(([round, values]) => (values.has(name) ? [round] : [])),
  );
  return [...new Set(numbers)]
    .sort((a, b) => a - b)
    .map((round) => {
      const values = tables.map((table) => table.get(round)?.get(name) ?? null);
      return { round, values, groups: groups.map((group) => meanOf(values, group)) };
    });
}

function meanOf(values: readonly (Metric | null)[], group: readonly number[]): Spread | null {
  if (group.length === 1) return null;
  return spreadOf(group.flatMap((at) => numberOf(values[at]) ?? []));
}

/** Values of a round by the names of their series. */
function measured({ loss, accuracy, server, clients, seconds }: RoundLine): Map<string, Metric> {
  const central = Object.entries({ ...server, accuracy, loss });
  const own = Object.entries(clients).map(([name, value]) => [`clients' ${name}`, value] as const);
  const found = [...central, ...own].filter(
    (pair): pair is [string, Metric] => !isWeight(pair[0]) && numberOf(pair[1]) !== undefined,
  );
  return new Map([...found, [SECONDS, seconds]]);
}

function rank(name: string): number {
  const at = ["accuracy", "clients' accuracy", "loss", "clients' loss"].indexOf(name);
  if (at !== -1) return at;
  return name === SECONDS ? 6 : 5;
}
