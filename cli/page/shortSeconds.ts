import { secondsText } from "../quantities.ts";

/** Prints seconds like `4.2 ms`, `1.25 s` or `3 min 5 s`. */
export function shortSeconds(seconds: number): string {
  if (seconds >= 60) return secondsText(seconds);
  if (seconds >= 1) return `${seconds.toFixed(seconds >= 10 ? 1 : 2)} s`;
  const milliseconds = seconds * 1000;
  return `${milliseconds.toFixed(milliseconds >= 10 ? 0 : 1)} ms`;
}
