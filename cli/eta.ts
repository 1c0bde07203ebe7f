import type { Status } from "../contract/status.ts";

/** Rounds whose median tells how long the next ones will take. */
const RECENT = 5;

/** Seconds until the run is over, by the median of its last rounds; null when that is not known. */
export function etaOf({ state, history, rounds, elapsed }: Status): number | null {
  if (state !== "running" || history.length === 0) return null;
  const recent = history.slice(-RECENT).map(({ seconds }) => seconds);
  const median = recent.sort((a, b) => a - b)[Math.floor(recent.length / 2)] ?? 0;
  const left = Math.max(0, rounds - history.length);
  return Math.round(Math.max(0, left * median - Math.min(elapsed ?? 0, median)));
}
