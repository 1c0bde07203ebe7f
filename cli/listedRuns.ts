import type { RunSummary } from "../contract/status.ts";

/** Reads the list of the last update; empty when that update was killed before it had one. */
export function listed(text: string | undefined): readonly RunSummary[] {
  try {
    return JSON.parse(text ?? "[]") as RunSummary[];
  } catch {
    return [];
  }
}
