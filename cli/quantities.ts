import type { Metric } from "../contract/status.ts";

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Prints bytes like `441.2 MB`, in powers of 1000. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value.toString() : value.toFixed(1)} ${UNITS[unit] ?? ""}`;
}

/** Prints seconds like `45 s`, `3 min 5 s` or `2 h 10 min`. */
export function secondsText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Prints a time like `2026-11-25 12:00:20`, in UTC; `-` for none. */
export function timeText(time: string | null): string {
  return time === null ? "-" : time.slice(0, 19).replace("T", " ");
}

/** Prints a metric as Python does: `0.862`, `nan`, `inf`; `-` for none. */
export function metricText(metric: Metric | null | undefined, digits: number): string {
  if (metric === null || metric === undefined) return "-";
  if (typeof metric === "number") return metric.toFixed(digits);
  return { NaN: "nan", Infinity: "inf", "-Infinity": "-inf" }[metric];
}
