import type { RoundLine } from "../contract/phase.ts";
import { medianOf } from "./page/quantile.ts";
import { jsonLines } from "./results/csv.ts";
import type { FileSource } from "./results/fileSource.ts";

/** Bytes of `metrics.jsonl` that are read at most: 400 rounds of a hundred clients. */
const MOST = 8 << 20;

/** The client for which a run's rounds wait longest. */
export interface Slowest {
  readonly partition: number;
  /** Seconds from question to answer in a round: the median of its rounds. */
  readonly seconds: number;
  /** The same of the client in the middle of all. */
  readonly median: number;
}

/**
 * Finds the client that takes longest to answer. A question without an answer counts to the next phase,
 * or to the round's end.
 * @returns null when fewer than two clients have been asked, or an older version made the run
 */
export function slowestClient(rounds: readonly RoundLine[]): Slowest | null {
  const seconds = new Map<number, number[]>();
  for (const round of rounds) {
    for (const [partition, taken] of secondsOf(round)) {
      seconds.set(partition, [...(seconds.get(partition) ?? []), taken]);
    }
  }
  const medians = [...seconds].map(([partition, all]) => [partition, medianOf(all) ?? 0] as const);
  const [first] = medians.toSorted((a, b) => b[1] - a[1] || a[0] - b[0]);
  if (first === undefined || medians.length < 2) return null;
  const median = medianOf(medians.map(([, one]) => one)) ?? 0;
  return { partition: first[0], seconds: first[1], median };
}

/** Seconds that each client took in a round, all phases together. */
function secondsOf({ phases = [], seconds }: RoundLine): Map<number, number> {
  const taken = new Map<number, number>();
  phases.forEach(({ partition, asked, replied }, number) => {
    const end = phases[number + 1]?.asked[0] ?? seconds;
    partition.forEach((one, at) => {
      const last = replied[at] ?? end;
      taken.set(one, (taken.get(one) ?? 0) + last - (asked[at] ?? last));
    });
  });
  return taken;
}

/** Finds the slowest client of a run by its file on the volume; null where that cannot be read. */
export async function slowestOf(source: FileSource, run: string): Promise<Slowest | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of source.read(run, "metrics.jsonl", 0)) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MOST) break;
    }
  } catch {
    // A run without a round has no such file, and a status must not fail for it.
    return null;
  }
  return slowestClient(jsonLines<RoundLine>(Buffer.concat(chunks).toString()));
}
