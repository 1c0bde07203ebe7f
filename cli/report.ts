import type { Round, Status } from "./status.ts";
import { oneLine } from "./text.ts";

/** The last line of standard output, and the stack's output `run`. */
export interface Result {
  readonly id: string;
  readonly state: string;
  /** Finished rounds. */
  readonly rounds: number;
  readonly accuracy: number | null;
  readonly loss: number | null;
  readonly modelSha256: string | null;
  readonly seconds: number | null;
}

/** `round 3/5, 2.31 s, loss 0.6100, accuracy 0.8000, 2 replies`, then who failed and why. */
export function roundLine(round: Round, rounds: number): string {
  const failures = round.failures.map(
    ({ partition, reason }) => `partition ${partition} failed: ${reason}`,
  );
  const replies =
    round.replies.length === 1 ? "1 reply" : `${String(round.replies.length)} replies`;
  return oneLine(
    [
      `round ${round.round}/${rounds}`,
      `${round.seconds.toFixed(2)} s`,
      `loss ${decimals(round.loss)}`,
      `accuracy ${decimals(accuracyOf(round))}`,
      [replies, ...failures].join("; "),
    ].join(", "),
  );
}

/** Who is connected and for whom the run waits. */
export function waitingLine(status: Status): string {
  const connected = status.nodes.length === 0 ? "none" : status.nodes.join(", ");
  const missing = status.waitingFor.length === 0 ? "none" : status.waitingFor.join(", ");
  return oneLine(`waiting for clients: connected ${connected}; missing ${missing}`);
}

/** One row a round under a heading, for the end of a run; the last 50 when there are more. */
export function closingTable(status: Status): string[] {
  const rows = status.history
    .slice(-50)
    .map((round) => [
      String(round.round),
      round.seconds.toFixed(2),
      decimals(round.loss),
      decimals(accuracyOf(round)),
      String(round.replies.length),
      String(round.failures.length),
    ]);
  const table = [["round", "seconds", "loss", "accuracy", "replies", "failures"], ...rows];
  const width = Math.max(...table.flat().map(({ length }) => length));
  return table.map((row) => row.map((cell) => cell.padStart(width)).join("  "));
}

/** The result in a status; of a run that still goes on, how far it is. */
export function resultOf(status: Status): Result {
  const last = status.history.at(-1);
  const done = status.result;
  return {
    id: status.run,
    state: status.state,
    rounds: done?.rounds ?? status.history.length,
    accuracy: done?.accuracy ?? (last === undefined ? null : accuracyOf(last)),
    loss: done?.loss ?? last?.loss ?? null,
    modelSha256: done?.modelSha256 ?? null,
    seconds: done?.seconds ?? null,
  };
}

function accuracyOf(round: Round): number | null {
  return round.accuracy ?? round.clients.accuracy ?? null;
}

function decimals(value: number | null): string {
  return value === null ? "–" : value.toFixed(4);
}
