import * as pulumi from "@pulumi/pulumi";
import type { NamedRun } from "./stackState.ts";

/**
 * Finds the runs that are to go, oldest first; app/kubeflower/run_removal.py has the same rule. The
 * `keep` newest completed runs stay. A failed run stays while it is one of the `keep` newest runs that
 * have ended. A run that can go on stays, and so does the run `current`. Pure.
 * @param runs runs on the volume
 * @param keep completed runs that stay, 1 or more
 * @param current id of the run that the server works on
 */
export function surplus<Run extends NamedRun>(
  runs: readonly Run[],
  keep: number,
  current: string,
): Run[] {
  const newest = runs
    .filter(({ state }) => state === "completed" || state === "failed")
    // A stack of an older version does not know when its runs ended, but lists them in that order.
    .sort((a, b) => (a.ended ?? "").localeCompare(b.ended ?? ""))
    .reverse();
  const models = newest.filter(({ state }) => state === "completed");
  const stays = (run: Run, rank: number): boolean =>
    (run.state === "completed" ? models.indexOf(run) : rank) < keep || run.id === current;
  return newest.filter((run, rank) => !stays(run, rank)).reverse();
}

/** The warning that an update removes old runs from the volume; undefined when it removes none. Pure. */
export function removalSentence(
  keep: number | undefined,
  runs: readonly NamedRun[],
  current: string,
): string | undefined {
  if (keep === undefined) return undefined;
  const old = surplus(completedLast(runs, current), keep, current);
  const [first] = old;
  if (first === undefined) return undefined;
  const named = old.map(({ id, state, rounds, ended }) => {
    const when = ended === undefined || ended === null ? "" : ` ${ended}`;
    return `run ${id} (${state}${when}${rounds === undefined ? "" : `, ${rounds} rounds`})`;
  });
  return `keepRuns is ${keep}, so this update removes ${named.join(" and ")} from the volume — fetch what you need before: npx kubeflower results ${first.id}; or keep all: pulumi config rm keepRuns`;
}

/** The runs as they will be when this update's run is completed. A failed one stays as it is. */
function completedLast(runs: readonly NamedRun[], current: string): readonly NamedRun[] {
  const known = runs.find(({ id }) => id === current);
  if (known?.state === "completed" || known?.state === "failed") return runs;
  const done = { id: current, state: "completed", ended: "9999" };
  return [...runs.filter(({ id }) => id !== current), done];
}

/** Warns of runs that an update removes, before it does. */
export function warnOfRemovals(...about: Parameters<typeof removalSentence>): void {
  const sentence = removalSentence(...about);
  if (sentence !== undefined) void pulumi.log.warn(sentence);
}
