import type { Spec } from "./record.ts";

/** Status document of the server, served at `GET :8081/status`. See examples/status*.json. */
export interface Status {
  /** Id of the run. */
  readonly run: string;
  readonly state: "waiting" | "running" | "completed" | "failed";
  /** Why the run failed, in one sentence; null otherwise. */
  readonly reason: string | null;
  /** Kind of the failure; null when the run has not failed. */
  readonly failure: Failure | null;
  /** Sentence that users should know of a run that goes on, with what to do; null when there is none. */
  readonly warning: string | null;
  /** Round that is being trained, or was trained last; 0 before the first. */
  readonly round: number;
  /** Rounds that the run has in all; 0 when its settings are invalid. */
  readonly rounds: number;
  /** Connected partitions. */
  readonly nodes: readonly number[];
  /** Partitions that are still missing; empty unless the state is waiting. */
  readonly waitingFor: readonly number[];
  /** Activity of each partition, in order. */
  readonly clients: readonly ClientActivity[];
  /** Seconds since the round in progress began; null when there is none. */
  readonly elapsed: number | null;
  /** Finished rounds, oldest first. */
  readonly history: readonly Round[];
  /** Result of a completed run; null before. */
  readonly result: ModelResult | null;
  /** Whether a client was kept from what no policy of the stack allows; unknown: none has tried. */
  readonly policies: Policies;
  /** Whether a client is refused whose token has a key that the server does not know. */
  readonly unknownKey: boolean;
}

/** Verdict on the cluster's NetworkPolicies. */
export type Policies = "enforced" | "not enforced" | "unknown";

/** Activity of one partition. */
export interface ClientActivity {
  readonly partition: number;
  /** offline, idle, or the kind of the message that it works on, such as train or evaluate. */
  readonly doing: string;
  /** Seconds since it was asked; null when it was not. */
  readonly seconds: number | null;
}

/** A number, or the name of one that JSON cannot write. */
export type Metric = number | "NaN" | "Infinity" | "-Infinity";

/** Kind of a failure, with the facts that its remedy names. */
export interface Failure {
  /** timeout, clients, memory, disk, volume, keys or stopped when interrupted; app, model or settings when final. */
  readonly code: string;
  /** Whether the run continues after its last finished round once the cause is removed. */
  readonly interrupted: boolean;
  /** Seconds that a round may take. Code timeout only. */
  readonly seconds?: number;
  /** Owner of the memory: `server` or `client`. Code memory only. */
  readonly role?: string;
  /** Limit of the memory, in bytes. Code memory only. */
  readonly limit?: number;
  /** Size of the server's volume, in bytes. Code disk only. */
  readonly total?: number;
  /** Size that the server's volume needs at least, in bytes. Code disk, when it was found too small. */
  readonly wanted?: number;
  /** Bytes that each of the largest runs takes, by id. Code disk only. */
  readonly runs?: Readonly<Record<string, number>>;
  /** Whether the volume is much larger than its claim: it has no size of its own. Code disk only. */
  readonly shared?: boolean;
  /** User id of the server, which may not write its volume. Code volume only. */
  readonly user?: number;
}

/** A finished round. */
export interface Round {
  /** Number of the round, from 1. */
  readonly round: number;
  readonly seconds: number;
  /** Loss of the central evaluation; null when there was none. */
  readonly loss: Metric | null;
  /** Accuracy of the central evaluation; null when there was none. */
  readonly accuracy: Metric | null;
  /** Partitions whose replies were used. */
  readonly replies: readonly number[];
  /** Partitions that did not answer, with the reason of each. */
  readonly failures: readonly { readonly partition: number; readonly reason: string }[];
  /** Metrics of the clients' own evaluation, aggregated. */
  readonly clients: Readonly<Record<string, Metric>>;
}

/** Result of a completed run. */
export interface ModelResult {
  /** Finished rounds. */
  readonly rounds: number;
  /** Accuracy after the last round; null when nothing measured it. */
  readonly accuracy: Metric | null;
  /** Loss after the last round; null when nothing measured it. */
  readonly loss: Metric | null;
  /** SHA-256 of model.safetensors, in hex; null when there is no model. */
  readonly modelSha256: string | null;
  /** Instructions of the server's machine that were used, `portable` or `native`; older results have none. */
  readonly arithmetic?: string;
  /** Duration of the training, in seconds; null when it is not known. */
  readonly seconds: number | null;
}

/** How a run ended, or how far it was when `up` stopped following: the stack's output `run`. */
export interface RunResult extends ModelResult {
  /** Id of the run. */
  readonly id: string;
  /** completed, failed, interrupted, running, waiting, or unknown when its server was not reached. */
  readonly state: string;
  /** Why the run is not completed: one sentence with the remedy; null otherwise. */
  readonly reason: string | null;
}

/** A run whose folder is on the server's volume: the stack's output `runs`. */
export interface RunSummary {
  /** Id of the run. */
  readonly id: string;
  /** completed, failed, interrupted, or unfinished. */
  readonly state: string;
  /** Finished rounds. */
  readonly rounds: number;
  /** Accuracy after the last round; null when nothing measured it. */
  readonly accuracy: Metric | null;
  /** SHA-256 of model.safetensors, in hex; null when there is no model. */
  readonly modelSha256: string | null;
  /** Time of its end, RFC 3339; null when it has none. */
  readonly ended: string | null;
}

/** A run on the volume with all that is known of it, as `GET :8081/runs` lists it. */
export interface KeptRun extends RunSummary {
  /** Loss after the last round; null when nothing measured it. */
  readonly loss: Metric | null;
  /** Why the run failed or was interrupted; null otherwise. */
  readonly reason: string | null;
  /** Bytes that its folder takes on the volume. */
  readonly bytes: number;
  /** Time of its start, RFC 3339; null when it has no record. */
  readonly started: string | null;
  /** Settings of the run; null when it has no record. */
  readonly spec: Spec | null;
}

const STATES = ["waiting", "running", "completed", "failed"];

/**
 * Reads a status document; lists that it leaves out are empty.
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
    warning: status.warning ?? null,
    round: status.round ?? 0,
    rounds: status.rounds ?? 0,
    nodes: status.nodes ?? [],
    waitingFor: status.waitingFor ?? [],
    clients: status.clients ?? [],
    elapsed: status.elapsed ?? null,
    history: status.history ?? [],
    result: status.result ?? null,
    policies: status.policies ?? "unknown",
    unknownKey: status.unknownKey ?? false,
  };
}
