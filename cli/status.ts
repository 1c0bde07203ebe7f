/** What the server says of a run at `GET :8081/status`. */
export interface Status {
  readonly run: string;
  readonly state: "waiting" | "running" | "completed" | "failed";
  /** One sentence when failed. */
  readonly reason: string | null;
  /** Kind of a failure; null when not failed. */
  readonly failure: Failure | null;
  readonly round: number;
  readonly rounds: number;
  /** Connected partitions. */
  readonly nodes: readonly number[];
  /** Partitions still missing while waiting. */
  readonly waitingFor: readonly number[];
  readonly history: readonly Round[];
  readonly result: {
    readonly rounds: number;
    readonly accuracy: Metric | null;
    readonly loss: Metric | null;
    readonly modelSha256: string | null;
    readonly seconds: number | null;
  } | null;
}

/** A number, or the name of one that JSON cannot write. */
export type Metric = number | "NaN" | "Infinity" | "-Infinity";

/** Kind of a failure, and what its remedy needs to be told. */
export interface Failure {
  /** timeout, clients, memory, disk or keys when interrupted; app, model or settings when final. */
  readonly code: string;
  /** Whether the run goes on after its last round once the cause is mended. */
  readonly interrupted: boolean;
  /** Seconds that a round may take. */
  readonly seconds?: number;
  /** Owner of the memory: `server` or `client`. */
  readonly role?: string;
  /** Limit of the memory, in bytes. */
  readonly limit?: number;
  /** Size of the server's volume, in bytes. */
  readonly total?: number;
}

/** A finished round; loss and accuracy are the central evaluation's. */
export interface Round {
  readonly round: number;
  readonly seconds: number;
  readonly loss: Metric | null;
  readonly accuracy: Metric | null;
  readonly replies: readonly number[];
  readonly failures: readonly { readonly partition: number; readonly reason: string }[];
  /** Aggregated federated evaluation metrics. */
  readonly clients: Readonly<Record<string, Metric>>;
}

const STATES = ["waiting", "running", "completed", "failed"];

/**
 * Reads a status document; lists it leaves out are empty.
 * @throws Error when it is no status
 */
export function parseStatus(text: string): Status {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const status = value as Partial<Status> | null | undefined;
  if (typeof status?.run !== "string" || !STATES.includes(String(status.state))) {
    throw new Error(
      `the server's status is "${text.slice(0, 100)}" — it must be JSON with run and state — look at \`kubectl logs deploy/flower-server\``,
    );
  }
  return {
    run: status.run,
    state: status.state as Status["state"],
    reason: status.reason ?? null,
    failure: status.failure ?? null,
    round: status.round ?? 0,
    rounds: status.rounds ?? 0,
    nodes: status.nodes ?? [],
    waitingFor: status.waitingFor ?? [],
    history: status.history ?? [],
    result: status.result ?? null,
  };
}
