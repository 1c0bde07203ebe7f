import * as pulumi from "@pulumi/pulumi";
import type { NamedRun, StackState } from "./stackState.ts";

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

/**
 * The warning that an update removes old runs from the volume; undefined when it removes none. Pure.
 * @param before run that the server has worked on since the last update
 */
export function removalSentence(
  keep: number | undefined,
  { runs, serverRun: before }: RunsOfState,
  current: string,
): string | undefined {
  if (keep === undefined) return undefined;
  const old = surplus(afterwards(runs, before, current), keep, current);
  const [first] = old;
  if (first === undefined) return undefined;
  const named = old.map(({ id }) => described(runs.find((run) => run.id === id) ?? { id }));
  return `keepRuns is ${keep}, so this update removes ${named.join(" and ")} from the volume — fetch what you need before: npx kubeflower results ${first.id}; or keep all: pulumi config rm keepRuns`;
}

type RunsOfState = Pick<StackState, "runs" | "serverRun">;

/**
 * The runs as they will be when this update's run is completed. A failed one stays as it is. The
 * server goes on between updates: the run that it works on may have been completed since.
 */
function afterwards(
  runs: readonly NamedRun[],
  before: string | undefined,
  current: string,
): readonly NamedRun[] {
  const rest = runs.filter(({ id, state }) => id !== current && (id !== before || hasEnded(state)));
  const last = { id: before ?? "", state: "completed", ended: "9998" };
  const isOpen = before !== undefined && before !== current;
  const since = isOpen && !rest.some(({ id }) => id === before) ? [last] : [];
  const known = runs.find(({ id }) => id === current);
  const done = { id: current, state: "completed", ended: "9999" };
  return [...rest, ...since, known !== undefined && hasEnded(known.state) ? known : done];
}

function hasEnded(state: string): boolean {
  return state === "completed" || state === "failed";
}

/** A run in words; one that had not ended goes only if it has been completed since. */
function described({ id, state = "", rounds, ended }: Partial<NamedRun>): string {
  if (!hasEnded(state)) return `run ${id ?? ""} (if it is completed by now)`;
  const when = ended === undefined || ended === null ? "" : ` ${ended}`;
  return `run ${id ?? ""} (${state}${when}${rounds === undefined ? "" : `, ${rounds} rounds`})`;
}

/** Warns of runs that an update removes, before it does. */
export function warnOfRemovals(...about: Parameters<typeof removalSentence>): void {
  const sentence = removalSentence(...about);
  if (sentence !== undefined) void pulumi.log.warn(sentence);
}
