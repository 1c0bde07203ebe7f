import type { RunSummary, Round, Status } from "../contract/status.ts";
import { oneLine } from "../kube/oneLine.ts";
import { metricText } from "./quantities.ts";
import { accuracyOf, resultOf } from "./result.ts";

/** Metrics of an app's own in a line. */
const MOST_METRICS = 3;

/**
 * Prints a round like `round 3/5  accuracy 0.862  loss 0.391  replies 2/2  2.3 s`. Leaves out metrics
 * that were not measured; without accuracy and loss shows the app's own. Names the first client that
 * failed.
 * @param rounds number of rounds of the run
 */
export function roundLine(round: Round, rounds: number): string {
  const total = String(rounds);
  const accuracy = accuracyOf(round);
  const asked = new Set([...round.replies, ...round.failures.map((one) => one.partition)]).size;
  const parts = [
    `round ${String(round.round).padStart(total.length)}/${total}`,
    accuracy === null ? [] : `accuracy ${metricText(accuracy, 3)}`,
    round.loss === null ? [] : `loss ${metricText(round.loss, 3)}`,
    accuracy === null && round.loss === null ? ownMetrics(round) : [],
    `replies ${round.replies.length}/${asked}`,
    `${round.seconds.toFixed(1)} s`,
    round.failures
      .slice(0, 1)
      .map(({ partition, reason }) => `client ${partition}: ${oneLine(reason, 120)}`),
  ];
  return parts.flat().join("  ");
}

/** Prints the first metrics of the clients' own evaluation, by name. */
function ownMetrics({ clients }: Round): string[] {
  return Object.entries(clients)
    .slice(0, MOST_METRICS)
    .map(([name, value]) => `${oneLine(name, 30)} ${metricText(value, 3)}`);
}

/** Prints a run that is kept on the server's volume, in one line. */
export function keptRunLine({ id, state, rounds, accuracy, modelSha256 }: RunSummary): string {
  const parts = [
    `run ${id}`,
    state,
    `${rounds} rounds`,
    accuracy === null ? [] : `accuracy ${metricText(accuracy, 4)}`,
    modelSha256 === null ? [] : `model ${modelSha256.slice(0, 12)}`,
  ];
  return parts.flat().join("  ");
}

/** Prints a run's state or end as a table, a line a row; `-` where a value is missing. */
export function closingTable(status: Status): string[] {
  const result = resultOf(status);
  const rows = [
    ["run", result.id],
    ["state", result.state],
    ["rounds", `${result.rounds} of ${status.rounds}`],
    ["accuracy", result.accuracy === null ? "-" : metricText(result.accuracy, 4)],
    ["loss", result.loss === null ? "-" : metricText(result.loss, 4)],
    ["model sha256", result.modelSha256 ?? "-"],
    ["seconds", result.seconds?.toFixed(1) ?? "-"],
  ] as const;
  return rows.map(([name, value]) => tableRow(name, value));
}

/** Prints one row of the closing table. */
export function tableRow(name: string, value: string): string {
  return `${name.padEnd(12)}  ${value}`;
}
