import { settingsOf } from "./differences.ts";
import type { RunView } from "./runView.ts";

/**
 * Settings in which repetitions of a run may differ: the seed, what only makes a run another one, and where
 * the image lies, whose sources are compared.
 */
export const FREE: readonly string[] = ["seed", "runConfig.seed", "origin.runToken", "image"];

/**
 * Finds runs that are equal in all settings but the free ones.
 * @returns places of each group's runs, in the order of the first; a run without a record is alone
 */
export function groupsOf(runs: readonly RunView[]): number[][] {
  const groups = new Map<string, number[]>();
  runs.forEach((run, at) => {
    const settings = Object.entries(settingsOf(run)).filter(([key]) => !FREE.includes(key));
    const key = run.record === null ? String(at) : JSON.stringify(settings.sort(byKey));
    groups.set(key, [...(groups.get(key) ?? []), at]);
  });
  return [...groups.values()];
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
