/** An event about another object. Kubernetes has two APIs for them; each sets other times. */
export interface Event {
  /** Object that the event is about. */
  readonly involvedObject: {
    readonly kind?: string;
    readonly name?: string;
    readonly uid?: string;
  };
  /** `Normal` or `Warning`. */
  readonly type?: string;
  /** One word, like `FailedMount`. */
  readonly reason?: string;
  /** Sentence for people. */
  readonly message?: string;
  /** Program that tells it, and its node where it runs on one. */
  readonly source?: { readonly host?: string };
  /** Number of occurrences; 1 when undefined. */
  readonly count?: number;
  /** Time of the first occurrence (older API). */
  readonly firstTimestamp?: string | null;
  /** Time of the last occurrence (older API). */
  readonly lastTimestamp?: string | null;
  /** Time of the first occurrence (newer API). */
  readonly eventTime?: string | null;
  /** Repetitions (newer API). */
  readonly series?: { readonly lastObservedTime?: string } | null;
}

/** Time of the event's first occurrence, in milliseconds since 1970. */
export function firstSeen(event: Event): number {
  return Date.parse(event.firstTimestamp ?? event.eventTime ?? event.lastTimestamp ?? "");
}

/** Time of the event's last occurrence, in milliseconds since 1970. */
export function lastSeen(event: Event): number {
  return Date.parse(
    event.series?.lastObservedTime ??
      event.lastTimestamp ??
      event.eventTime ??
      event.firstTimestamp ??
      "",
  );
}
