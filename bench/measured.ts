/** The engines that are compared; those but `cluster` run as bare processes. */
export const ARMS = {
  kubeflower: "kubeFlower",
  secured: "kubeFlower, TLS and tokens",
  cluster: "kubeFlower on the cluster",
  start_server: "start_server",
  SuperLink: "SuperLink",
  simulation: "simulation",
} as const;

export type Arm = keyof typeof ARMS;

/** One run of a workload by an arm; bench/workload.py says what the fields mean. */
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

/** What a round begins with: seconds of a clock, CPU seconds so far, bytes on the network so far. */
export type Lap = readonly [number, number, number];

/** What an arm tells of a job. Times in seconds, memory in bytes. */
export interface Told {
  readonly arm: Arm;
  readonly workload: string;
  /** A lap for each round's begin, and one for the last one's end. */
  readonly laps?: readonly Lap[];
  /** From the SIGKILL of a client until its server knew. */
  readonly noticed?: number;
  /** From `pulumi up` to the first round's begin. */
  readonly upToRound?: number;
  readonly pods?: Pods;
  /** Most resident memory of one process of a role with its children. */
  readonly peak: Readonly<Record<string, number>>;
  readonly load: number;
}

/** The pods of a run on the cluster, at its end. */
export interface Pods {
  readonly count: number;
  /** From `pulumi up` until all were ready. */
  readonly ready: number;
  /** As their control groups count it: anonymous memory, and the kubelet's working set. */
  readonly client: { readonly anonymous: number; readonly workingSet: number };
  /** Working set of all clients and the server. */
  readonly total: number;
}

/** As it is kept in results.json; of the first round only its time is. */
export interface Measured extends Omit<Told, "laps"> {
  readonly rounds?: {
    readonly first: number;
    readonly seconds: readonly number[];
    /** CPU seconds of all processes in a round; undefined when not all were counted. */
    readonly cpu?: number;
    /** Bytes on the network in a round, over what the models alone are. */
    readonly wire?: number;
  };
}

/** What a job's laps say. */
export function measured(job: Job, { laps, ...told }: Told): Measured {
  if (laps === undefined) return told;
  const seconds = laps.slice(1).map((lap, k) => lap[0] - (laps[k]?.[0] ?? NaN));
  const [from, to] = [laps[1], laps.at(-1)];
  const each = (field: 1 | 2): number =>
    ((to?.[field] ?? NaN) - (from?.[field] ?? NaN)) / (seconds.length - 1);
  const [first = NaN, ...rest] = seconds.map((value) => Number(value.toFixed(6)));
  const cpu = each(1);
  // Only the load's own app says when its rounds end; by a log, bytes on their way are counted or not by chance.
  const bytes = job.floats === undefined ? 0 : each(2);
  return {
    ...told,
    rounds: {
      first,
      seconds: rest,
      ...(cpu > 0 ? { cpu } : {}),
      ...(bytes > 0 ? { wire: bytes / ideal(job) } : {}),
    },
  };
}

/** Bytes of a round that cannot be spared: the model to each client, back, and out again to evaluate. */
export function ideal({ floats = 0, clients, evaluate = true }: Job): number {
  return 4 * floats * clients * (evaluate ? 3 : 2);
}
