import { NAMES } from "../contract/names.ts";
import { ENGINE } from "../contract/variables.ts";

/** What is read of Kubernetes' objects; times as the API gives them (RFC 3339). */
export interface Meta {
  readonly name: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly ownerReferences?: readonly { readonly uid: string }[];
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

export interface Terminated {
  readonly exitCode: number;
  readonly reason?: string;
  readonly message?: string;
  readonly finishedAt?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly ready?: boolean;
  readonly restartCount: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: string };
    readonly terminated?: Terminated;
  };
  readonly lastState?: { readonly terminated?: Terminated };
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
}

export interface Pod {
  readonly metadata: Meta;
  readonly spec: { readonly nodeName?: string; readonly containers: readonly Container[] };
  readonly status?: {
    readonly phase?: string;
    readonly startTime?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface Event {
  readonly involvedObject: {
    readonly kind?: string;
    readonly name?: string;
    readonly uid?: string;
  };
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string } | null;
}

export interface Claim {
  readonly metadata: Meta;
  readonly spec: { readonly storageClassName?: string };
  readonly status?: { readonly phase?: string };
}

export interface Workload {
  readonly metadata: Meta;
  readonly spec: {
    readonly replicas?: number;
    readonly template?: {
      readonly spec?: {
        readonly containers?: readonly Container[];
        readonly volumes?: readonly {
          readonly persistentVolumeClaim?: { readonly claimName?: string };
        }[];
      };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

export interface Node {
  readonly metadata: Meta;
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface StorageClass {
  readonly metadata: Meta;
  readonly provisioner: string;
}

/** The objects of one federation at one moment. */
export interface Snapshot {
  readonly namespace: string;
  /** Run the server pod must be of; pods of another run are on their way out. */
  readonly run?: string;
  /** The API server's clock, in milliseconds: timestamps are compared with it, not with ours. */
  readonly now: number;
  /** Server and client pods. */
  readonly pods: readonly Pod[];
  readonly events: readonly Event[];
  readonly claims: readonly Claim[];
  readonly deployments: readonly Workload[];
  readonly replicaSets: readonly Workload[];
  readonly statefulSets: readonly Workload[];
  /** null: this user may not list them. */
  readonly nodes: readonly Node[] | null;
  readonly storageClasses: readonly StorageClass[] | null;
}

/** What a pod is for. */
export function isServer(pod: Pod): boolean {
  return pod.metadata.labels?.app === NAMES.server;
}

/** The run a server pod was made for, or undefined. */
export function runOf(pod: Pod): string | undefined {
  const variables = pod.spec.containers.flatMap((container) => container.env ?? []);
  return variables.find((variable) => variable.name === ENGINE.run)?.value;
}

/** Pods that count: not terminating, not ended, not of another run or of an older template. */
export function currentPods(snapshot: Snapshot): Pod[] {
  const clients = snapshot.statefulSets.find((set) => set.metadata.name === NAMES.client);
  const seen = clients?.status?.observedGeneration === clients?.metadata.generation;
  return snapshot.pods.filter((pod) => {
    if (pod.metadata.deletionTimestamp !== undefined) return false;
    if (pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded") return false;
    if (isServer(pod)) {
      return snapshot.run === undefined || [undefined, snapshot.run].includes(runOf(pod));
    }
    const revision = pod.metadata.labels?.["controller-revision-hash"];
    const wanted = clients?.status?.updateRevision;
    return seen && (revision === undefined || wanted === undefined || revision === wanted);
  });
}

/** Whether every pod that is left is of the newest template, and the server's pod answers. */
export function isRolledOut(snapshot: Snapshot): boolean {
  const isSeen = ({ metadata, status }: Workload): boolean =>
    status?.observedGeneration === metadata.generation;
  const server = snapshot.deployments.find((one) => one.metadata.name === NAMES.server);
  const clients = snapshot.statefulSets.find((one) => one.metadata.name === NAMES.client);
  const { replicas, updatedReplicas, availableReplicas } = server?.status ?? {};
  const isNew = replicas === 1 && updatedReplicas === 1 && availableReplicas === 1;
  return (
    (server === undefined || (isSeen(server) && isNew)) &&
    (clients === undefined || (isSeen(clients) && outdatedClients(snapshot).length === 0))
  );
}

/** Client pods of an older template, once the cluster has seen the newer one. */
export function outdatedClients(snapshot: Snapshot): Pod[] {
  const clients = snapshot.statefulSets.find((set) => set.metadata.name === NAMES.client);
  const wanted = clients?.status?.updateRevision;
  if (wanted === undefined) return [];
  if (clients?.status?.observedGeneration !== clients?.metadata.generation) return [];
  return snapshot.pods.filter(({ metadata }) => {
    const revision = metadata.labels?.["controller-revision-hash"];
    return (
      metadata.deletionTimestamp === undefined && revision !== undefined && revision !== wanted
    );
  });
}

/** Client pods that no node has taken. */
export function unscheduledClients(snapshot: Snapshot): Pod[] {
  return snapshot.pods.filter(
    (pod) =>
      !isServer(pod) &&
      pod.metadata.deletionTimestamp === undefined &&
      condition(pod, "PodScheduled")?.status === "False",
  );
}

/** Events of an object, oldest first. */
export function eventsOf(snapshot: Snapshot, meta: Meta, ...reasons: string[]): Event[] {
  return snapshot.events
    .filter(
      (event) =>
        (event.involvedObject.uid ?? meta.uid) === meta.uid &&
        event.involvedObject.name === meta.name &&
        (reasons.length === 0 || reasons.includes(event.reason ?? "")),
    )
    .sort((a, b) => lastSeen(a) - lastSeen(b));
}

/** Milliseconds of the event's last occurrence. */
export function lastSeen(event: Event): number {
  return Date.parse(
    event.series?.lastObservedTime ??
      event.lastTimestamp ??
      event.eventTime ??
      event.firstTimestamp ??
      "",
  );
}

/** Milliseconds of the event's first occurrence. */
export function firstSeen(event: Event): number {
  return Date.parse(event.firstTimestamp ?? event.eventTime ?? event.lastTimestamp ?? "");
}

/** Seconds from a timestamp to now; 0 when there is none. */
export function secondsSince(snapshot: Snapshot, time: string | number | undefined): number {
  const then = typeof time === "number" ? time : Date.parse(time ?? "");
  return Number.isNaN(then) ? 0 : (snapshot.now - then) / 1000;
}

/** The condition of that type, or undefined. */
export function condition(
  object: { readonly status?: { readonly conditions?: readonly Condition[] } },
  type: string,
): Condition | undefined {
  return object.status?.conditions?.find((one) => one.type === type);
}
