import { NAMES } from "../../contract/names.ts";
import { ENGINE } from "../../contract/variables.ts";
import { NEEDED, type RunSpec } from "../../settings/table.ts";
import { lastSeen, type Event } from "./event.ts";
import {
  condition,
  isServer,
  isTerminating,
  runOf,
  type Claim,
  type Meta,
  type Namespace,
  type Node,
  type Pod,
  type Policy,
  type Service,
  type StorageClass,
  type Workload,
} from "./objects.ts";

/** Objects of one federation and its cluster, as the API server listed them at one moment. */
export interface FederationObjects {
  /** Namespace of the federation. */
  readonly namespace: string;
  /** Id of the run whose server pod counts; undefined: any run's. */
  readonly run?: string | undefined;
  /** Clock of the API server, in milliseconds since 1970: timestamps are compared with it. */
  readonly now: number;
  /** The namespace itself; null when this user may not read it. */
  readonly home: Namespace | null;
  /** Pods of the server and of the clients. */
  readonly pods: readonly Pod[];
  /** Events of the namespace. */
  readonly events: readonly Event[];
  /** PersistentVolumeClaims that the server's pods mount. */
  readonly claims: readonly Claim[];
  /** All other PersistentVolumeClaims of the namespace. */
  readonly dataClaims: readonly Claim[];
  /** Deployments of the namespace. */
  readonly deployments: readonly Workload[];
  /** ReplicaSets of the namespace. */
  readonly replicaSets: readonly Workload[];
  /** StatefulSets of the namespace. */
  readonly statefulSets: readonly Workload[];
  /** Services of the namespace; null when this user may not list them. */
  readonly services: readonly Service[] | null;
  /** NetworkPolicies of the namespace; null when this user may not list them. */
  readonly policies: readonly Policy[] | null;
  /** Why clients do not reach the server, by the names of their pods: the last such line of each log. */
  readonly complaints: Readonly<Record<string, string>>;
  /**
   * Trials to make the pods that workloads lack, by the workloads' names: the words in which the API
   * server refuses the pod; null when it would take it. None where no pod lacks, or none could be tried.
   */
  readonly trials?: Readonly<Record<string, string | null>>;
  /** Nodes of the cluster; null when this user may not list them. */
  readonly nodes: readonly Node[] | null;
  /** StorageClasses of the cluster; null when this user may not list them. */
  readonly storageClasses: readonly StorageClass[] | null;
}

/** One federation at one moment: its objects, and the questions that a diagnosis asks of them. */
export class Snapshot {
  constructor(
    /** Objects as the API server listed them. */
    readonly objects: FederationObjects,
  ) {}

  /** The server's Deployment; undefined when there is none. */
  get server(): Workload | undefined {
    return this.objects.deployments.find(({ metadata }) => metadata.name === NAMES.server);
  }

  /** The clients' StatefulSet; undefined when there is none. */
  get clients(): Workload | undefined {
    return this.objects.statefulSets.find(({ metadata }) => metadata.name === NAMES.client);
  }

  /** ReplicaSets of the server's Deployment, one for each template it has had. */
  serverReplicaSets(): Workload[] {
    const uid = this.server?.metadata.uid;
    return this.objects.replicaSets.filter(
      ({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true,
    );
  }

  /** Number of client pods that the stack declares. */
  get replicas(): number {
    return this.clients?.spec.replicas ?? 0;
  }

  /** Number of client pods that the run has, also where somebody scaled them. */
  get clientsDeclared(): number {
    return this.#runSpec()?.replicas ?? this.replicas;
  }

  /** Names of the claims that the server's pods mount. */
  claimNames(): string[] {
    const volumes = this.server?.spec.template?.spec?.volumes ?? [];
    return volumes.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);
  }

  /**
   * Number of clients that the run cannot do without.
   * @param running after the start: replies that each round needs; before it: connected clients
   */
  clientsNeeded(running: boolean): number {
    return this.#runSpec()?.[running ? NEEDED.round : NEEDED.start] ?? this.replicas;
  }

  /** Settings of the run in the server's environment; undefined when an older version made it. */
  #runSpec(): RunSpec | undefined {
    const containers = this.server?.spec.template?.spec?.containers ?? [];
    const variables = containers.flatMap(({ env }) => env ?? []);
    const text = variables.find(({ name }) => name === ENGINE.runSpec)?.value;
    return text === undefined ? undefined : (JSON.parse(text) as RunSpec);
  }

  /** Pods that count: not terminating, not ended, of this run and of the newest template. */
  currentPods(): Pod[] {
    return this.objects.pods.filter((pod) => {
      if (isTerminating(pod)) return false;
      if (pod.status?.phase === "Failed" || pod.status?.phase === "Succeeded") return false;
      return isServer(pod) ? this.#isOfRun(pod) : this.#isOfNewestTemplate(pod);
    });
  }

  #isOfRun(pod: Pod): boolean {
    return this.objects.run === undefined || [undefined, this.objects.run].includes(runOf(pod));
  }

  /** No client counts until the cluster has seen the StatefulSet's last change. */
  #isOfNewestTemplate(pod: Pod): boolean {
    const revision = revisionOf(pod);
    const newest = this.clients?.status?.updateRevision;
    return (
      isObserved(this.clients) &&
      (revision === undefined || newest === undefined || revision === newest)
    );
  }

  /** Tells whether the server's pod is new and ready, and no client of an older template is left. */
  isRolledOut(): boolean {
    const { server } = this;
    const { replicas, updatedReplicas, availableReplicas } = server?.status ?? {};
    const isNew = replicas === 1 && updatedReplicas === 1 && availableReplicas === 1;
    return (
      (server === undefined || (isObserved(server) && isNew)) &&
      isObserved(this.clients) &&
      this.outdatedClients().length === 0
    );
  }

  /** Client pods of an older template; none until the cluster has seen the newer one. */
  outdatedClients(): Pod[] {
    const newest = this.clients?.status?.updateRevision;
    if (newest === undefined || !isObserved(this.clients)) return [];
    return this.objects.pods.filter((pod) => {
      const revision = revisionOf(pod);
      return !isTerminating(pod) && revision !== undefined && revision !== newest;
    });
  }

  /** Tells whether client pods are ending: they still have their places. */
  clientsEnd(): boolean {
    return this.objects.pods.some((pod) => !isServer(pod) && isTerminating(pod));
  }

  /** Client pods that no node has taken. */
  unscheduledClients(): Pod[] {
    return this.objects.pods.filter(
      (pod) =>
        !isServer(pod) && !isTerminating(pod) && condition(pod, "PodScheduled")?.status === "False",
    );
  }

  /** Events of an object, oldest first; without `reasons` those of every reason. */
  eventsOf({ name, uid }: Meta, ...reasons: string[]): Event[] {
    return this.objects.events
      .filter(
        ({ involvedObject, reason = "" }) =>
          (involvedObject.uid ?? uid) === uid &&
          involvedObject.name === name &&
          (reasons.length === 0 || reasons.includes(reason)),
      )
      .sort((a, b) => lastSeen(a) - lastSeen(b));
  }

  /**
   * Seconds from a time to now, by the API server's clock; 0 when there is no time.
   * @param time RFC 3339, or milliseconds since 1970
   */
  secondsSince(time: string | number | undefined): number {
    const then = typeof time === "number" ? time : Date.parse(time ?? "");
    return Number.isNaN(then) ? 0 : (this.objects.now - then) / 1000;
  }

  /** Seconds from the latest of these times to now; 0 when there is none. */
  secondsSinceLatest(times: readonly (string | number | undefined)[]): number {
    const known = times.filter((time) => time !== undefined);
    return known.length === 0 ? 0 : Math.min(...known.map((time) => this.secondsSince(time)));
  }
}

/** Tells whether the cluster has seen the workload's last change; true when there is none. */
function isObserved(workload: Workload | undefined): boolean {
  return workload?.status?.observedGeneration === workload?.metadata.generation;
}

/** Hash of the template that a client pod was made from. */
function revisionOf(pod: Pod): string | undefined {
  return pod.metadata.labels?.["controller-revision-hash"];
}
