import { availableParallelism } from "node:os";

import { say, withForecast } from "./progress.ts";

/** A thing that is made once and then kept in the cache. */
export interface Part {
  /** Seconds that making it takes on two cores with nothing else running; only their proportion to each other matters much. */
  readonly seconds: number;
  /** Whether the cache has it already. */
  isThere(): Promise<boolean>;
  /**
   * Makes it.
   *
   * @param report takes the share that is done, 0 to 1
   */
  make(report: (share: number) => void): Promise<unknown>;
}

/** How far a part has come. */
interface Running {
  readonly part: Part;
  /** The share that is done, 0 to 1. */
  share: number;
}

/** Seconds of the expected speed that are mixed into the measured speed, so that the first forecasts do not jump. */
const SMOOTHING_SECONDS = 60;

/** Makes the parts that the cache lacks, side by side, and shows how many are ready and how long the rest takes. */
export async function prepare(parts: readonly Part[]): Promise<void> {
  const there = await Promise.all(parts.map((part) => part.isThere()));
  const missing = parts.filter((_, i) => !there[i]);
  if (missing.length === 0) return;
  const running = missing.map((part) => ({ part, share: 0 }));
  const start = Date.now();
  const text = (): string => forecast(running, start);
  if (missing.length > 1) say(`making once what is kept in the cache: ${text()}`);
  await withForecast(text, async () => {
    const made = await Promise.allSettled(running.map((one) => make(one)));
    // A failure is thrown after the others have ended: they run in processes that nobody else would wait for.
    for (const one of made) if (one.status === "rejected") throw one.reason;
  });
}

async function make(one: Running): Promise<void> {
  try {
    await one.part.make((share) => {
      one.share = share;
    });
    one.share = 1;
  } catch (error) {
    say(`failed: ${(error as Error).message}\nwhat else is being made goes on to its end`);
    throw error;
  }
}

function forecast(running: readonly Running[], start: number): string {
  const ready = running.filter(({ share }) => share === 1).length;
  const total = running.reduce((sum, { part }) => sum + part.seconds, 0);
  const done = running.reduce((sum, { part, share }) => sum + part.seconds * share, 0);
  const left = secondsLeft(total, done, (Date.now() - start) / 1000);
  return `${ready} of ${running.length} ready, ${inMinutes(left)} left`;
}

/**
 * Estimates the time that is left from the speed so far.
 *
 * @param total seconds of all parts, on two cores
 * @param done seconds of what is done, on two cores
 * @param elapsed seconds since the start, on this machine
 * @param cores this machine's
 */
export function secondsLeft(
  total: number,
  done: number,
  elapsed: number,
  cores = availableParallelism(),
): number {
  const expected = cores / 2;
  const speed = (done + SMOOTHING_SECONDS * expected) / (elapsed + SMOOTHING_SECONDS);
  return (total - done) / speed;
}

function inMinutes(seconds: number): string {
  if (seconds < 60) return "less than a minute";
  const minutes = Math.round(seconds / 60);
  return minutes === 1 ? "about a minute" : `about ${minutes} minutes`;
}
