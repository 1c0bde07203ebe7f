/** Numbers of examples by label, of each client. */
export interface Histograms {
  /** Key of the clients' records that holds them. */
  readonly key: string;
  /** Partitions that have one, in order. */
  readonly clients: readonly number[];
  /** Counts by client and label. */
  readonly counts: readonly (readonly number[])[];
}

/** Labels up to which a histogram can be read. */
const MOST = 200;

type Partitions = Readonly<Record<string, unknown>>;

/** Finds a list of counts in the clients' records; null when they have none. */
export function histogramsOf(partitions: Partitions): Histograms | null {
  const all = recordsOf(partitions);
  const keys = new Set(all.flatMap(({ record }) => Object.keys(record)));
  const names = [...keys].sort((a, b) => Number(b === "histogram") - Number(a === "histogram"));
  for (const key of names) {
    const found = all.filter(({ record }) => isCounts(record[key]));
    if (found.length === 0) continue;
    const counts = found.map(({ record }) => record[key] as number[]);
    return { key, clients: found.map(({ partition }) => partition), counts };
  }
  return null;
}

/** Single values of the clients' records: rows of a table, and its head. */
export function partitionTable(partitions: Partitions): { head: string[]; rows: string[][] } {
  const all = recordsOf(partitions);
  const isSingle = (value: unknown): boolean => typeof value !== "object" || value === null;
  const keys = [
    ...new Set(
      all.flatMap(({ record }) => Object.keys(record).filter((key) => isSingle(record[key]))),
    ),
  ];
  const rows = all.map(({ partition, record }) => [
    String(partition),
    ...keys.map((key) => short(record[key])),
  ]);
  return { head: ["client", ...keys], rows };
}

function recordsOf(
  partitions: Partitions,
): { partition: number; record: Readonly<Record<string, unknown>> }[] {
  return Object.entries(partitions)
    .map(([partition, record]) => ({
      partition: Number(partition),
      record: (typeof record === "object" && record !== null ? record : {}) as Record<
        string,
        unknown
      >,
    }))
    .sort((a, b) => a.partition - b.partition);
}

function isCounts(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length > 1 &&
    value.length <= MOST &&
    value.every((one) => typeof one === "number" && Number.isFinite(one) && one >= 0)
  );
}

/** A digest is known by its beginning. */
function short(value: unknown): string {
  if (value === undefined || value === null) return "-";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return /^[0-9a-f]{32,}$/.test(text) ? `${text.slice(0, 12)}…` : text;
}
