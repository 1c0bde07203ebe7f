/** One run of a workload by an arm, as bench.py prints it; times in seconds, memory in bytes. */
export interface Measured {
  readonly arm: string;
  readonly workload: string;
  readonly first: number;
  readonly seconds: readonly number[];
  readonly total: number;
  readonly cpu: number;
  readonly peak: Readonly<Record<string, number>>;
  readonly load: number;
}

const HEAD = [
  "workload",
  "engine",
  "runs",
  "ms/round, median (range)",
  "first round, ms",
  "CPU ms/round",
  "server peak",
  "client peak",
  "load",
];

/** A Markdown page: a row for each workload and arm, all runs of it together. */
export function table(results: readonly Measured[]): string {
  const groups = new Map<string, Measured[]>();
  for (const one of results) {
    const key = `${one.workload}\n${one.arm}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const rows = [...groups.values()].map(row);
  const lines = [HEAD, HEAD.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return [
    "# Measured",
    "",
    "`npm run bench`: the same Flower, floats and clients on one machine, arms interleaved, as bare processes on loopback.",
    "The clients return the model as they got it, so a round is the engine's own time. The first round also waits for clients",
    "that are still starting, and CPU counts the processes' start. Peaks are resident memory of one process with its children.",
    "",
    ...lines,
    "",
  ].join("\n");
}

function row(runs: readonly Measured[]): string[] {
  const seconds = runs.flatMap((one) => one.seconds);
  const peak = (role: string): string =>
    `${(Math.max(...runs.map((one) => one.peak[role] ?? 0)) / 1e6).toFixed(0)} MB`;
  const perRound = runs.map((one) => one.cpu / (one.seconds.length + 1));
  const loads = runs.map((one) => one.load);
  return [
    runs[0]?.workload ?? "",
    runs[0]?.arm ?? "",
    String(runs.length),
    `${ms(median(seconds))} (${ms(Math.min(...seconds))}–${ms(Math.max(...seconds))})`,
    ms(median(runs.map((one) => one.first))),
    ms(median(perRound)),
    peak("server"),
    peak("client"),
    `${Math.min(...loads).toFixed(1)}–${Math.max(...loads).toFixed(1)}`,
  ];
}

function ms(seconds: number): string {
  return (seconds * 1000).toFixed(1);
}

/** Of at least one number. */
function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = sorted.slice(middle - 1 + (sorted.length % 2), middle + 1);
  return sorted.length % 2 ? low : (low + high) / 2;
}
