/** One round as the server tells it; loss and accuracy are of the central evaluation. */
export interface Round {
  readonly round: number;
  readonly seconds: number;
  readonly loss: number | null;
  readonly accuracy: number | null;
  /** Partitions that answered. */
  readonly replies: readonly number[];
  readonly failures: readonly { readonly partition: number; readonly reason: string }[];
}

/** How a run ended. */
export interface RunEnd {
  readonly run: string;
  readonly state: string;
  readonly rounds: number;
  readonly accuracy: number | null;
  readonly loss: number | null;
  readonly modelSha256: string | null;
  readonly seconds: number | null;
}

/** The JSON of the server's `/status`. */
export interface RunStatus {
  readonly run: string;
  readonly state: "waiting" | "running" | "completed" | "failed";
  readonly reason: string | null;
  /** The round that is going on, of `rounds`. */
  readonly round: number;
  readonly rounds: number;
  /** Partitions that are connected. */
  readonly nodes: readonly number[];
  readonly waitingFor: readonly number[];
  readonly history: readonly Round[];
  readonly result: RunEnd | null;
}

const STATES = ["waiting", "running", "completed", "failed"];

/**
 * The status in the server's answer.
 * @throws Error when the answer is none
 */
export function parseStatus(text: string): RunStatus {
  let value: Partial<RunStatus> | null = null;
  try {
    value = JSON.parse(text) as Partial<RunStatus> | null;
  } catch {
    // Said below, with the text.
  }
  if (
    value === null ||
    typeof value.run !== "string" ||
    !STATES.includes(String(value.state)) ||
    !Array.isArray(value.history)
  ) {
    throw new Error(
      `the server's status is "${text.slice(0, 80)}" — it must be JSON with run, state and history`,
    );
  }
  return {
    run: value.run,
    state: value.state as RunStatus["state"],
    reason: value.reason ?? null,
    round: value.round ?? 0,
    rounds: value.rounds ?? 0,
    nodes: value.nodes ?? [],
    waitingFor: value.waitingFor ?? [],
    history: value.history,
    result: value.result ?? null,
  };
}
