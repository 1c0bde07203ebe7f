/** What the server says of a run at `GET :8081/status`. */
export interface Status {
  readonly run: string;
  readonly state: "waiting" | "running" | "completed" | "failed";
  /** One sentence when failed. */
  readonly reason: string | null;
  readonly round: number;
  readonly rounds: number;
  /** Connected partitions. */
  readonly nodes: readonly number[];
  /** Partitions still missing while waiting. */
  readonly waitingFor: readonly number[];
  readonly history: readonly Round[];
  readonly result: {
    readonly rounds: number;
    readonly accuracy: number | null;
    readonly loss: number | null;
    readonly modelSha256: string | null;
    readonly seconds: number | null;
  } | null;
}

/** A finished round; loss and accuracy are the central evaluation's. */
export interface Round {
  readonly round: number;
  readonly seconds: number;
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly replies: readonly number[];
  readonly failures: readonly { readonly partition: number; readonly reason: string }[];
  /** Aggregated federated evaluation metrics. */
  readonly clients: Readonly<Record<string, number>>;
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
    round: status.round ?? 0,
    rounds: status.rounds ?? 0,
    nodes: status.nodes ?? [],
    waitingFor: status.waitingFor ?? [],
    history: status.history ?? [],
    result: status.result ?? null,
  };
}
