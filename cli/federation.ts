import { setTimeout as sleep } from "node:timers/promises";

import { NAMES } from "../contract/names.ts";
import type { KubeClient } from "../kube/client.ts";
import { Refused } from "../kube/errors.ts";
import { complaintIn, LINES, strangers } from "./diagnosis/complaint.ts";
import type { Event } from "./diagnosis/event.ts";
import type {
  Claim,
  Namespace,
  Node,
  Pod,
  Policy,
  Service,
  StorageClass,
  Workload,
} from "./diagnosis/objects.ts";
import { engineLog } from "./diagnosis/objects.ts";
import { lackingPods } from "./diagnosis/lackingPods.ts";
import { Snapshot, type FederationObjects } from "./diagnosis/snapshot.ts";
import { tryPods } from "./podTrial.ts";

/** Most clients whose logs a snapshot reads. */
const ASKED = 2;
/** Time that a controller needs to make a pod, in milliseconds. */
const MOMENT = 1000;

/** Objects of a federation in its cluster: reads them, and deletes pods. */
export class Federation {
  readonly #cluster: KubeClient;

  constructor(
    cluster: KubeClient,
    /** Namespace of the federation. */
    readonly namespace: string,
  ) {
    this.#cluster = cluster;
  }

  /** Lists the server's pods, also those that are ending. */
  async serverPods(): Promise<Pod[]> {
    return (await this.#pods(`app=${NAMES.server}`)).items;
  }

  /** Lists the namespace's volume claims, whoever uses them. */
  async claims(): Promise<readonly Claim[]> {
    const path = `/api/v1/namespaces/${this.namespace}/persistentvolumeclaims`;
    return (await this.#list<Claim>(path)).items;
  }

  /**
   * Reads the log of a pod; null when there is none of that kind.
   * @param query parameters of the API, such as `previous` and `sinceSeconds`
   */
  async log(pod: string, query: Readonly<Record<string, string>>): Promise<string | null> {
    const parameters = new URLSearchParams(query).toString();
    const path = `/api/v1/namespaces/${this.namespace}/pods/${pod}/log?${parameters}`;
    try {
      return await this.#cluster.text(path, 60);
    } catch (fault) {
      // 400: the container has not started, or was never started again.
      if (fault instanceof Refused && [400, 404].includes(fault.code)) return null;
      throw fault;
    }
  }

  /** Lists the namespace's events, which Kubernetes keeps for an hour. */
  async events(): Promise<Event[]> {
    await this.#mustExist();
    return (await this.#list<Event>(`/api/v1/namespaces/${this.namespace}/events`)).items;
  }

  /** Lists the pods of the server and of the clients, also those that are ending. */
  async pods(): Promise<Pod[]> {
    await this.#mustExist();
    return (await this.#pods(`app in (${NAMES.server},${NAMES.client})`)).items;
  }

  /**
   * Reads all objects that a diagnosis needs. Tries to make pods that are still missing after a second:
   * a controller needs a moment.
   * @param run id of the run whose server pod counts; undefined: any run's
   * @throws Unreachable when the API server does not answer, Hopeless when it refuses
   */
  async snapshot(run: string | undefined): Promise<Snapshot> {
    const first = await this.#read(run);
    if (lackingPods(first).length === 0) return first;
    await sleep(MOMENT);
    const snapshot = await this.#read(run);
    return new Snapshot({ ...snapshot.objects, trials: await tryPods(this.#cluster, snapshot) });
  }

  /** Reads all objects, and tries none. */
  async #read(run: string | undefined): Promise<Snapshot> {
    const core = `/api/v1/namespaces/${this.namespace}`;
    const apps = `/apis/apps/v1/namespaces/${this.namespace}`;
    const policies = `/apis/networking.k8s.io/v1/namespaces/${this.namespace}/networkpolicies`;
    const home = await this.#mustExist();
    const own = this.#pods(`app in (${NAMES.server},${NAMES.client})`);
    const all = await Promise.all([
      own.then(({ items, now }) => this.#complaints(strangers(items, now))),
      this.#list<Event>(`${core}/events`),
      this.#list<Claim>(`${core}/persistentvolumeclaims`),
      this.#list<Workload>(`${apps}/deployments`),
      this.#list<Workload>(`${apps}/replicasets`),
      this.#list<Workload>(`${apps}/statefulsets`),
      this.#list<Service>(`${core}/services`).catch(unlessForbidden),
      this.#list<Policy>(policies).catch(unlessForbidden),
      // These two belong to the whole cluster; many users may not list them.
      this.#list<Node>("/api/v1/nodes").catch(unlessForbidden),
      this.#list<StorageClass>("/apis/storage.k8s.io/v1/storageclasses").catch(unlessForbidden),
    ]);
    const [complaints, events, claims, deployments, replicaSets, statefulSets] = all;
    const [, , , , , , services, open, nodes, storageClasses] = all;
    const { items: pods, now } = await own;
    return new Snapshot({
      namespace: this.namespace,
      home,
      run,
      now,
      pods,
      complaints,
      events: events.items,
      ...claimsByUse(claims.items, deployments.items),
      deployments: deployments.items,
      replicaSets: replicaSets.items,
      statefulSets: statefulSets.items,
      services: services?.items ?? null,
      policies: open?.items ?? null,
      nodes: nodes?.items ?? null,
      storageClasses: storageClasses?.items ?? null,
    });
  }

  /** Reads why clients do not reach the server, by their pods' names. */
  async #complaints(pods: readonly Pod[]): Promise<Record<string, string>> {
    const read = pods.slice(0, ASKED).map(async (pod) => {
      const { name } = pod.metadata;
      // There is nothing to say without the right to read logs, or of a pod that has just gone.
      const query = { tailLines: String(LINES), ...engineLog(pod) };
      const log = await this.log(name, query).catch(() => null);
      const said = complaintIn(log ?? "");
      return said === undefined ? [] : [[name, said] as const];
    });
    return Object.fromEntries((await Promise.all(read)).flat());
  }

  /**
   * Deletes pods by name; their controllers make new ones.
   * @throws like `snapshot`
   */
  async deletePods(names: readonly string[]): Promise<void> {
    const pods = `/api/v1/namespaces/${this.namespace}/pods`;
    await Promise.all(names.map((name) => this.#cluster.delete(`${pods}/${name}`)));
  }

  /**
   * Reads the namespace; null when this user may not.
   * @throws Refused when it does not exist: its lists would only be empty
   */
  async #mustExist(): Promise<Namespace | null> {
    try {
      const path = `/api/v1/namespaces/${this.namespace}`;
      return (await this.#cluster.get<Namespace>(path)).object;
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      if (fault.code === 404) {
        throw new Refused(
          404,
          `namespace ${this.namespace} does not exist in context ${this.#cluster.context} — run \`pulumi up --refresh\``,
        );
      }
      return unlessForbidden(fault);
    }
  }

  #pods(selector: string): Promise<{ items: Pod[]; now: number }> {
    const query = `labelSelector=${encodeURIComponent(selector)}`;
    return this.#list<Pod>(`/api/v1/namespaces/${this.namespace}/pods?${query}`);
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as cluster.get
  async #list<T>(path: string): Promise<{ items: T[]; now: number }> {
    const { object, now } = await this.#cluster.get<{ items: T[] }>(path);
    return { items: object.items, now };
  }
}

function unlessForbidden(fault: unknown): null {
  if (fault instanceof Refused && fault.code === 403) return null;
  throw fault;
}

/** Parts claims into those that the server's pods mount and others: one no longer used stays until an update ends. */
function claimsByUse(
  claims: readonly Claim[],
  deployments: readonly Workload[],
): Pick<FederationObjects, "claims" | "dataClaims"> {
  const volumes = deployments
    .filter(({ metadata }) => metadata.name === NAMES.server)
    .flatMap(({ spec }) => spec.template?.spec?.volumes ?? []);
  const names = volumes.map((volume) => volume.persistentVolumeClaim?.claimName);
  const isUsed = ({ metadata }: Claim): boolean => names.includes(metadata.name);
  return { claims: claims.filter(isUsed), dataClaims: claims.filter((one) => !isUsed(one)) };
}
