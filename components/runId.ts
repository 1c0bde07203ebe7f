import { createHash } from "node:crypto";

/** Everything that decides how a run ends. */
export interface RunInputs {
  /** Hash of the image's sources, or the image itself when it was given. */
  readonly sources: string;
  readonly rounds: number;
  readonly clients: number;
  readonly min: number;
  readonly replicas: number;
  readonly quorum: number;
  readonly seed: number;
  readonly runConfig: Readonly<Record<string, unknown>>;
  readonly runToken: string;
}

/** Twelve hex digits: equal inputs give the same id on every machine, any other a different one. */
export function runId(inputs: RunInputs): string {
  const { sources, rounds, clients, min, replicas, quorum, seed, runConfig, runToken } = inputs;
  // Named one by one: what a caller has besides (deadlines) must not make a new run.
  const decisive = { sources, rounds, clients, min, replicas, quorum, seed, runConfig, runToken };
  return createHash("sha256").update(canonicalJson(decisive)).digest("hex").slice(0, 12);
}

/** JSON with sorted keys and no white space, so that the order of config keys means nothing. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(",")}}`;
  }
  return JSON.stringify(value);
}
