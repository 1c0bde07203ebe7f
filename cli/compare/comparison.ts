import { modelSha256 } from "../page/pageRun.ts";
import { filesAmong, partitionsAmong, settingsAmong, type Difference } from "./differences.ts";
import { groupsOf } from "./groups.ts";
import { runCost, type RunCost } from "./runCost.ts";
import type { RunView } from "./runView.ts";
import { seriesOf, type Series } from "./series.ts";

/** Runs that can be compared at once: more colours and dashes cannot be told apart. */
export const MOST_RUNS = 24;

/** One of the runs that are compared. */
export interface ComparedRun {
  /** Letter that stands for it: A, B … */
  readonly label: string;
  readonly view: RunView;
  readonly cost: RunCost;
  /** Digest of its model; null when it has none. */
  readonly sha256: string | null;
}

/** Everything that runs have in common, and what they do not. */
export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** Places of runs that are equal in all settings but the free ones, see groups.ts. */
  readonly groups: readonly (readonly number[])[];
  readonly settings: readonly Difference[];
  readonly partitions: readonly Difference[];
  readonly files: readonly Difference[];
  readonly series: readonly Series[];
  /** Whether all have a model, and it is the same. */
  readonly hasSameModel: boolean;
}

/** Compares runs. */
export function comparisonOf(views: readonly RunView[]): Comparison {
  const groups = groupsOf(views);
  const digests = views.map(modelSha256);
  return {
    runs: views.map((view, at) => ({
      label: String.fromCharCode("A".charCodeAt(0) + at),
      view,
      cost: runCost(view),
      sha256: digests[at] ?? null,
    })),
    groups,
    settings: settingsAmong(views),
    partitions: partitionsAmong(views),
    files: filesAmong(views),
    series: seriesOf(views, groups),
    hasSameModel: digests[0] !== null && new Set(digests).size === 1,
  };
}
