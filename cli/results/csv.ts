import type { Round } from "../../contract/status.ts";

/** Columns that each round has. */
const FIRST = ["round", "seconds", "loss", "accuracy", "replies", "failures"] as const;

/**
 * Writes rounds as CSV (RFC 4180), a line a round: numbers of replies and failures, and the clients'
 * own metrics as `clients.<name>`. A metric that was not measured is empty; lines of an older version may
 * lack keys.
 */
export function metricsCsv(rounds: readonly Partial<Round>[]): string {
  const names = [...new Set(rounds.flatMap(({ clients }) => Object.keys(clients ?? {})))].sort();
  const head = [...FIRST, ...names.map((name) => `clients.${name}`)];
  const lines = rounds.map((round) => [
    round.round,
    round.seconds,
    round.loss,
    round.accuracy,
    round.replies?.length,
    round.failures?.length,
    ...names.map((name) => round.clients?.[name]),
  ]);
  return [head, ...lines].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

/** Reads a file of JSON lines; a torn line is left out. */
export function jsonLines<T>(text: string): T[] {
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as T];
    } catch {
      return [];
    }
  });
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
