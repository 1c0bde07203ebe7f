import type { Metric, Round } from "./status.ts";

/** A line of `metrics.jsonl`: a finished round, with more than the status has. See examples/round.json. */
export interface RoundLine extends Round {
  /** Version of this form; older lines have none. */
  readonly schema_version?: number;
  /** All metrics of the central evaluation; older lines have none. */
  readonly server?: Readonly<Record<string, unknown>>;
  /** Phases of the round in their order; older lines have none. */
  readonly phases?: readonly Phase[];
}

/**
 * One phase of a round: a column for each value, with an entry for each client that was asked. Moments are
 * seconds since the round's start; null where there was none.
 */
export interface Phase {
  /** Kind of the messages, as train or evaluate. */
  readonly phase: string;
  readonly partition: readonly number[];
  /** Whether a reply without an error came. */
  readonly good: readonly boolean[];
  /** Moment at which the ServerApp asked. */
  readonly asked: readonly number[];
  /** Moment at which the message was sent: later when the client was not connected. */
  readonly sent: readonly (number | null)[];
  /** Moment at which the ClientApp began to work. */
  readonly began: readonly (number | null)[];
  /** Moment at which the ClientApp had ended its work. */
  readonly ended: readonly (number | null)[];
  /** Moment at which the whole reply had come. */
  readonly replied: readonly (number | null)[];
  /** Seconds on a CPU. */
  readonly cpu: readonly (number | null)[];
  /** Most bytes of memory that the app's process has had. */
  readonly memory: readonly (number | null)[];
  readonly sent_bytes: readonly (number | null)[];
  readonly reply_bytes: readonly (number | null)[];
  /** Metrics of the replies by name. */
  readonly metrics: Readonly<Record<string, readonly (Metric | null)[]>>;
}
