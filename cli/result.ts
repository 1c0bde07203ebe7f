import type { Metric, Round, RunResult, Status } from "../contract/status.ts";

/** Result of a run by its status; of one that still goes on, how far it is. */
export function resultOf(status: Status): RunResult {
  const last = status.history.at(-1);
  const final = status.result;
  return {
    id: status.run,
    state: status.failure?.interrupted === true ? "interrupted" : status.state,
    reason: null,
    rounds: final?.rounds ?? status.history.length,
    accuracy: final?.accuracy ?? (last === undefined ? null : accuracyOf(last)),
    loss: final?.loss ?? last?.loss ?? null,
    modelSha256: final?.modelSha256 ?? null,
    seconds: final?.seconds ?? null,
  };
}

/** Result of a run whose server was never reached. */
export function unknownResult(id: string): RunResult {
  const nothing = { accuracy: null, loss: null, modelSha256: null, seconds: null };
  return { id, state: "unknown", reason: null, rounds: 0, ...nothing };
}

/** Accuracy of a round: the server's own, else the clients' average; null when there is neither. */
export function accuracyOf(round: Round): Metric | null {
  return round.accuracy ?? round.clients.accuracy ?? null;
}
