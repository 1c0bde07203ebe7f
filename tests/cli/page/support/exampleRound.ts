import { readFileSync } from "node:fs";

import type { RoundLine } from "../../../../contract/phase.ts";

/** The contract's example of a line of metrics.jsonl: client 1 has failed. */
export const EXAMPLE = JSON.parse(
  readFileSync("contract/examples/round.json", "utf8"),
) as RoundLine;

/** Takes out of a line what those of older versions lack. */
export function older(line: RoundLine): RoundLine {
  const newer = ["schema_version", "server", "phases"];
  const kept = Object.entries(line).filter(([key]) => !newer.includes(key));
  return Object.fromEntries(kept) as unknown as RoundLine;
}
