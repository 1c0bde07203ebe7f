import type { ImageSize } from "../dev/imageSize.ts";
import { ARMS, type Measured, type Pods } from "./measured.ts";

type Column = readonly [head: string, cell: (runs: readonly Measured[]) => string];

const COLUMNS: readonly Column[] = [
  ["workload", (runs) => runs[0]?.workload ?? ""],
  ["engine", ([run]) => (run === undefined ? "" : ARMS[run.arm])],
  ["runs", (runs) => String(runs.length)],
  ["ms/round, median (range)", (runs) => spread(runs.flatMap((run) => run.rounds?.seconds ?? []))],
  ["first round, ms", (runs) => ms(median(numbers(runs, (run) => run.rounds?.first)))],
  ["CPU ms/round", (runs) => ms(median(numbers(runs, (run) => run.rounds?.cpu)))],
  ["server peak", (runs) => mb(most(numbers(runs, (run) => run.peak.server)))],
  ["client peak", (runs) => mb(most(numbers(runs, (run) => run.peak.client)))],
  ["bytes ÷ ideal", (runs) => fixed(median(numbers(runs, (run) => run.rounds?.wire)), 2)],
  ["load", (runs) => loads(runs)],
];

const KILLED: readonly Column[] = [
  ["engine", ([run]) => (run === undefined ? "" : ARMS[run.arm])],
  ["noticed after, s", (runs) => fixed(median(numbers(runs, (run) => run.noticed)), 2)],
  ["load", (runs) => loads(runs)],
];

const countOf = ({ count }: Pods): number => count;
const readyOf = ({ ready }: Pods): number => ready;
const pods = (runs: readonly Measured[], of: (pods: Pods) => number): number =>
  median(numbers(runs, (run) => run.pods && of(run.pods)));

const CLUSTER: readonly Column[] = [
  ["workload", (runs) => runs[0]?.workload ?? ""],
  ["client pods", (runs) => fixed(pods(runs, countOf), 0)],
  ["`up` to all pods ready, s", (runs) => fixed(pods(runs, readyOf), 0)],
  ["`up` to first round, s", (runs) => fixed(median(numbers(runs, (run) => run.upToRound)), 1)],
  ["client pod, anonymous", (runs) => mb(pods(runs, ({ client }) => client.anonymous))],
  ["client pod, working set", (runs) => mb(pods(runs, ({ client }) => client.workingSet))],
  ["all pods, working set", (runs) => mb(pods(runs, ({ total }) => total))],
];

const HEAD = `# Measured

\`npm run bench\`: the same Flower, floats and clients on one machine, arms interleaved. \`kubeFlower\`, Flower's older engine
\`start_server\`, its deployment engine \`SuperLink\` and its \`simulation\` run as bare processes on loopback, in plain text but for
\`TLS and tokens\`; \`on the cluster\` is \`pulumi up\` on the embedded cluster, where all is encrypted. But for the default app the
clients return the model as they got it, so a round is the engine's own time.

![seconds a round](rounds.svg)
`;

const ON_ROUNDS = `
The first round also waits for clients that are still starting; it counts for no other column. Peaks are resident memory of
one process with its children. The ideal is the model once to each client and back, and once more where clients evaluate;
on loopback all bytes count, also those between one side's own processes.

## A client is killed while it trains
`;

const ON_PODS = `
Times are from the start of \`pulumi up\`, with cluster and image there. Memory is what the pods' control groups count at the
run's end; of a client pod, the largest. A file's pages count for the first pod that read them.`;

/** Writes the Markdown page of docs/bench. */
export function page(results: readonly Measured[], size?: ImageSize): string {
  const withRounds = results.filter((run) => run.rounds !== undefined);
  const killed = results.filter((run) => run.noticed !== undefined);
  const onCluster = results.filter((run) => run.pods !== undefined);
  return [
    HEAD,
    ...table(COLUMNS, withRounds),
    ON_ROUNDS,
    ...table(KILLED, killed),
    "\n## On the cluster\n",
    ...table(CLUSTER, onCluster),
    ON_PODS,
    ...imageLines(size),
    "",
  ].join("\n");
}

function imageLines(size: ImageSize | undefined): string[] {
  if (size === undefined) return [];
  return ["", `The image: ${mb(size.compressed)} in the registry, ${mb(size.unpacked)} unpacked.`];
}

/** Lines of a Markdown table: one row for all runs of a workload by an arm. */
function table(columns: readonly Column[], results: readonly Measured[]): string[] {
  const groups = [...grouped(results).values()];
  const rows = groups.map((runs) => columns.map(([, cell]) => cell(runs)));
  const head = columns.map(([name]) => name);
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

/** Groups runs of a workload by arm, in the order in which they first appear; workloads stay together. */
export function grouped(results: readonly Measured[]): Map<string, Measured[]> {
  const workloads = [...new Set(results.map(({ workload }) => workload))];
  const sorted = workloads.flatMap((name) => results.filter(({ workload }) => workload === name));
  const groups = new Map<string, Measured[]>();
  for (const run of sorted) {
    const key = `${run.workload}\n${run.arm}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return groups;
}

function numbers(
  runs: readonly Measured[],
  of: (run: Measured) => number | undefined,
): readonly number[] {
  return runs.map(of).filter((value) => value !== undefined);
}

function spread(seconds: readonly number[]): string {
  return `${ms(median(seconds))} (${ms(Math.min(...seconds))}–${ms(most(seconds))})`;
}

function loads(runs: readonly Measured[]): string {
  const values = runs.map(({ load }) => load);
  return `${fixed(Math.min(...values), 1)}–${fixed(most(values), 1)}`;
}

function most(values: readonly number[]): number {
  return values.length === 0 ? NaN : Math.max(...values);
}

function ms(seconds: number): string {
  return fixed(seconds * 1000, 1);
}

function mb(bytes: number): string {
  return Number.isNaN(bytes) ? "–" : `${fixed(bytes / 1e6, 0)} MB`;
}

function fixed(value: number, digits: number): string {
  return Number.isNaN(value) ? "–" : value.toFixed(digits);
}

/** Median of the values; NaN when there are none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = sorted.slice(middle - 1 + (sorted.length % 2), middle + 1);
  return sorted.length % 2 ? low : (low + high) / 2;
}
