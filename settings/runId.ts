import { createHash } from "node:crypto";
import type { Setting } from "./kinds.ts";
import { RUN, type RunSpec } from "./table.ts";

/** Everything that decides how a run ends. */
export interface RunInputs {
  /** Hash of the image's sources, or the image itself when it was given. */
  readonly sources: string;
  /** The run's settings. */
  readonly run: RunSpec;
  /** Any text: another text makes another run. */
  readonly runToken: string;
}

type Rows = Readonly<Record<string, Pick<Setting<unknown>, "default" | "follows" | "inRunId">>>;

/**
 * Twelve hex digits: equal inputs give the same id on every machine, different inputs a different
 * one.
 * @param rows the table's rows of the run, which say what counts
 */
export function runId({ sources, run, runToken }: RunInputs, rows: Rows = RUN): string {
  const values: Readonly<Record<string, unknown>> = run;
  const decisive = Object.entries(rows).filter(([key, { inRunId, follows, default: own }]) => {
    if (inRunId !== "unless default") return inRunId !== "never";
    return (
      canonicalJson(values[key]) !== canonicalJson(follows === undefined ? own : values[follows])
    );
  });
  const inputs = Object.fromEntries(decisive.map(([key]) => [key, values[key]]));
  const text = canonicalJson({ ...inputs, sources, runToken });
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** JSON with sorted keys and no white space, so that the order of keys means nothing. */
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
