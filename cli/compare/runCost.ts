import { clientCosts } from "../page/clientCosts.ts";
import { medianOf } from "../page/quantile.ts";
import type { RunView } from "./runView.ts";

/** Cost of a run. Of a run of an older version only rounds and seconds are known; the rest is null. */
export interface RunCost {
  readonly rounds: number;
  /** Seconds in all; of a run that is not completed, of its rounds. */
  readonly seconds: number;
  /** Median seconds of a round; null without one. */
  readonly round: number | null;
  /** Seconds on a CPU, of all clients. */
  readonly cpu: number | null;
  /** Most bytes of memory that a client's app has had. */
  readonly memory: number | null;
  /** Bytes that all clients were sent. */
  readonly received: number | null;
  /** Bytes that all clients have sent. */
  readonly sent: number | null;
}

/** Adds up what a run has cost. */
export function runCost({ rounds, result }: RunView): RunCost {
  const costs = clientCosts(rounds);
  const seconds = rounds.map((line) => line.seconds);
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const known = (values: readonly number[]): number | null =>
    values.length === 0 ? null : sum(values);
  const memories = costs.flatMap(({ memory }) => memory ?? []);
  return {
    rounds: rounds.length,
    seconds: result?.seconds ?? sum(seconds),
    round: medianOf(seconds) ?? null,
    cpu: known(costs.map(({ cpu }) => cpu)),
    memory: memories.length === 0 ? null : Math.max(...memories),
    received: known(costs.map(({ received }) => received)),
    sent: known(costs.map(({ sent }) => sent)),
  };
}
