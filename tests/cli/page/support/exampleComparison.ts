import type { RoundLine } from "../../../../contract/phase.ts";
import { comparisonOf, type Comparison } from "../../../../cli/compare/comparison.ts";
import type { RunView } from "../../../../cli/compare/runView.ts";
import { exampleRun, type Like } from "./exampleRuns.ts";

/** A run that is compared with others. */
export interface Other extends Like {
  readonly seed: number;
  /** Learning rate, a value of the run config. */
  readonly rate?: number;
}

/** Compares example runs, whose numbers are the same each time. */
export function exampleComparison(others: readonly Other[]): Comparison {
  return comparisonOf(others.map(view));
}

function view(other: Other, at: number): RunView {
  const { seed, rate = 0.02 } = other;
  const run = exampleRun(other);
  const { record, result } = run;
  if (record === null) throw new Error("an example run has a record");
  const sha256 = (seed * 1009 + Math.round(rate * 1e4)).toString(16).padEnd(64, "0");
  return {
    run: `${(seed * 7919 + at).toString(16).padStart(4, "0")}c305616f`,
    from: `results/seed${seed}`,
    state: run.state,
    record: {
      ...record,
      spec: { ...record.spec, seed },
      runConfig: { ...record.runConfig, seed, "learning-rate": rate },
    },
    result: result === null ? null : { ...result, modelSha256: sha256 },
    rounds: run.rounds.map((line) => moved(line, seed, rate)),
    partitions: run.partitions,
    files: run.files.map((file) =>
      file.path === "model.safetensors" ? { ...file, sha256 } : file,
    ),
  };
}

/** Moves what was measured by what the seed and the rate bring. */
function moved(line: RoundLine, seed: number, rate: number): RoundLine {
  const by = 1 + 0.04 * Math.sin(seed * 12.9 + line.round) - 2 * Math.abs(rate - 0.02);
  const value = (own: unknown): number | null => (typeof own === "number" ? own * by : null);
  const all = (values: Readonly<Record<string, unknown>> = {}): Record<string, number> =>
    Object.fromEntries(Object.entries(values).map(([name, own]) => [name, value(own) ?? 0]));
  return {
    ...line,
    accuracy: value(line.accuracy),
    loss: value(line.loss),
    server: all(line.server),
    clients: all(line.clients),
  };
}
