/** Names of the compared engines, called arms. All but `cluster` run as bare processes. */
export const ARMS = {
  kubeflower: "kubeFlower",
  secured: "kubeFlower, TLS and tokens",
  cluster: "kubeFlower on the cluster",
  start_server: "start_server",
  SuperLink: "SuperLink",
  simulation: "simulation",
} as const;

/** Key of an arm. */
export type Arm = keyof typeof ARMS;

/** One run of a workload by an arm. bench/workload.py explains the fields. */
export interface Job {
  readonly arm: Arm;
  readonly workload: string;
  readonly app: string;
  readonly clients: number;
  readonly rounds: number;
  readonly floats?: number;
  readonly arrays?: number;
  readonly evaluate?: boolean;
  readonly pause?: number;
  readonly kill?: boolean;
}

/** State at the beginning of a round: seconds of a clock, CPU seconds so far, bytes on the network so far. */
export type Lap = readonly [number, number, number];

/** Raw result of a job. Times are in seconds, memory in bytes. */
export interface Sample {
  readonly arm: Arm;
  readonly workload: string;
  /** One lap for the beginning of each round, and one for the end of the last. @default none */
  readonly laps?: readonly Lap[];
  /** Time from the SIGKILL of a client until its server noticed. @default none */
  readonly noticed?: number;
  /** Time from `pulumi up` to the beginning of the first round. @default none */
  readonly upToRound?: number;
  /** The run's pods, on the cluster. @default none */
  readonly pods?: Pods;
  /** Highest resident memory of one process with its children, by role. */
  readonly peak: Readonly<Record<string, number>>;
  /** The machine's load of the last minute, at the job's end. */
  readonly load: number;
}

/** The pods of a run on the cluster, at the run's end. */
export interface Pods {
  /** Number of client pods. */
  readonly count: number;
  /** Seconds from `pulumi up` until all pods were ready. */
  readonly ready: number;
  /** The largest client's memory in bytes, by its control group: anonymous memory, and the kubelet's working set. */
  readonly client: { readonly anonymous: number; readonly workingSet: number };
  /** Working set of all clients and the server, in bytes. */
  readonly total: number;
}

/** Result of a job as results.json holds it. Only the time of the first round counts. */
export interface Measured extends Omit<Sample, "laps"> {
  readonly rounds?: {
    /** Seconds of the first round. */
    readonly first: number;
    /** Seconds of each later round. */
    readonly seconds: readonly number[];
    /** CPU seconds of all processes in a round. @default not counted */
    readonly cpu?: number;
    /** Bytes on the network in a round, divided by those of the models alone. @default not counted */
    readonly wire?: number;
  };
}

/** Computes a job's result from its laps. */
export function measured(job: Job, { laps, ...sample }: Sample): Measured {
  if (laps === undefined) return sample;
  const seconds = laps.slice(1).map((lap, k) => lap[0] - (laps[k]?.[0] ?? NaN));
  const [from, to] = [laps[1], laps.at(-1)];
  const each = (field: 1 | 2): number =>
    ((to?.[field] ?? NaN) - (from?.[field] ?? NaN)) / (seconds.length - 1);
  const [first = NaN, ...rest] = seconds.map((value) => Number(value.toFixed(6)));
  const cpu = each(1);
  // Only the app `load` measures when its rounds end; from a log, bytes in flight would be counted at random.
  const bytes = job.floats === undefined ? 0 : each(2);
  return {
    ...sample,
    rounds: {
      first,
      seconds: rest,
      ...(cpu > 0 ? { cpu } : {}),
      ...(bytes > 0 ? { wire: bytes / ideal(job) } : {}),
    },
  };
}

/** Fewest bytes of a round: the model to each client, back, and out again to evaluate. */
export function ideal({ floats = 0, clients, evaluate = true }: Job): number {
  return 4 * floats * clients * (evaluate ? 3 : 2);
}
