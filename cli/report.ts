import type { KeptRun, Metric, Round, RunResult, Status } from "../contract/status.ts";
import { oneLine } from "../kube/oneLine.ts";

/**
 * `round 3/5  accuracy 0.862  loss 0.391  replies 2/2  2.3 s`; what was not measured is left out,
 * the first client that failed is named.
 */
export function roundLine(round: Round, rounds: number): string {
  const total = String(rounds);
  const accuracy = accuracyOf(round);
  const asked = new Set([...round.replies, ...round.failures.map((one) => one.partition)]).size;
  const parts = [
    `round ${String(round.round).padStart(total.length)}/${total}`,
    accuracy === null ? [] : `accuracy ${shown(accuracy, 3)}`,
    round.loss === null ? [] : `loss ${shown(round.loss, 3)}`,
    `replies ${String(round.replies.length)}/${String(asked)}`,
    `${round.seconds.toFixed(1)} s`,
    round.failures
      .slice(0, 1)
      .map(({ partition, reason }) => `client ${String(partition)}: ${oneLine(reason, 120)}`),
  ];
  return parts.flat().join("  ");
}

/** A run on the server's volume, in one line. */
export function runText({ id, state, rounds, accuracy, modelSha256 }: KeptRun): string {
  const parts = [
    `run ${id}`,
    state,
    `${String(rounds)} rounds`,
    accuracy === null ? [] : `accuracy ${shown(accuracy, 4)}`,
    modelSha256 === null ? [] : `model ${modelSha256.slice(0, 12)}`,
  ];
  return parts.flat().join("  ");
}

/** The run and how it stands or ended, a line a row. */
export function closingTable(status: Status): string[] {
  const result = resultOf(status);
  const rows = [
    ["run", result.id],
    ["state", result.state],
    ["rounds", `${String(result.rounds)} of ${String(status.rounds)}`],
    ["accuracy", result.accuracy === null ? "-" : shown(result.accuracy, 4)],
    ["loss", result.loss === null ? "-" : shown(result.loss, 4)],
    ["model sha256", result.modelSha256 ?? "-"],
    ["seconds", result.seconds?.toFixed(1) ?? "-"],
  ] as const;
  return rows.map(([name, value]) => `${name.padEnd(12)}  ${value}`);
}

/** A metric as Python prints it: `0.862`, `nan`, `inf`. */
function shown(metric: Metric, digits: number): string {
  if (typeof metric === "number") return metric.toFixed(digits);
  return { NaN: "nan", Infinity: "inf", "-Infinity": "-inf" }[metric];
}

/** The result in a status; of a run that still goes on, how far it is. */
export function resultOf(status: Status): RunResult {
  const last = status.history.at(-1);
  const done = status.result;
  return {
    id: status.run,
    state: status.failure?.interrupted === true ? "interrupted" : status.state,
    reason: null,
    rounds: done?.rounds ?? status.history.length,
    accuracy: done?.accuracy ?? (last === undefined ? null : accuracyOf(last)),
    loss: done?.loss ?? last?.loss ?? null,
    modelSha256: done?.modelSha256 ?? null,
    seconds: done?.seconds ?? null,
  };
}

function accuracyOf(round: Round): Metric | null {
  return round.accuracy ?? round.clients.accuracy ?? null;
}
