import type { Metric, Round, Status } from "./status.ts";

/** Result of a run: the last line of standard output, and the stack's output `run`. */
export interface Result {
  /** Id of the run. */
  readonly id: string;
  /** completed, failed, interrupted, running, waiting, or unknown when its server was not reached. */
  readonly state: string;
  /** Why it is not completed: one sentence with the remedy; null otherwise. */
  readonly reason: string | null;
  /** Number of finished rounds. */
  readonly rounds: number;
  /** Accuracy after the last round, 0 to 1; null when none was measured. */
  readonly accuracy: Metric | null;
  /** Loss after the last round; null when none was measured. */
  readonly loss: Metric | null;
  /** SHA-256 of the final model, in hexadecimal; null before the end. */
  readonly modelSha256: string | null;
  /** Seconds that the run took; null before the end. */
  readonly seconds: number | null;
}

/** Result of a run by its status; of one that still goes on, how far it is. */
export function resultOf(status: Status): Result {
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
export function unknownResult(id: string): Result {
  const nothing = { accuracy: null, loss: null, modelSha256: null, seconds: null };
  return { id, state: "unknown", reason: null, rounds: 0, ...nothing };
}

/** Accuracy of a round: the server's own, else the clients' average; null when there is neither. */
export function accuracyOf(round: Round): Metric | null {
  return round.accuracy ?? round.clients.accuracy ?? null;
}
