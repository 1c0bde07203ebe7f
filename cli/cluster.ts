import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  StorageV1Api,
  type CoreV1Event,
  type V1Node,
  type V1PersistentVolumeClaim,
  type V1Pod,
  type V1StorageClass,
} from "@kubernetes/client-node";
import { oneLine } from "./report.ts";

/** Waiting does not mend it. The message is the sentence for the user. */
export class Hopeless extends Error {}

/** The API server did not answer; it may later. */
export class Unreachable extends Error {}

/** A ReplicaSet or StatefulSet: how many pods it should have and has. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
  readonly desired: number;
  readonly present: number;
}

/** What the API server knows of the federation at one moment. */
export interface Observation {
  readonly pods: readonly V1Pod[];
  readonly events: readonly CoreV1Event[];
  readonly claims: readonly V1PersistentVolumeClaim[];
  readonly workloads: readonly Workload[];
  /** null: not allowed to see them. */
  readonly storageClasses: readonly V1StorageClass[] | null;
  readonly nodes: readonly V1Node[] | null;
}

const DEADLINE = 10_000;
const APPS = "app in (flower-server,flower-client)";

/**
 * The kubeconfig with `context` as the current one.
 * @throws Hopeless when there is no such context
 */
export function kubeConfig(context: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromDefault();
  if (config.getContextObject(context) === null) {
    const known = config.getContexts().map(({ name }) => name);
    throw new Hopeless(
      `context "${context}" is not in the kubeconfig — it has: ${known.join(", ") || "none"} — start the cluster, or \`pulumi config set context …\``,
    );
  }
  config.setCurrentContext(context);
  return config;
}

/** Resolves as `work` does, or throws Unreachable after `milliseconds`. */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Unreachable(`no answer within ${milliseconds / 1000} s`));
    }, milliseconds);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Reads what the diagnosis needs from one namespace of one cluster. */
export class Cluster {
  private readonly core: CoreV1Api;
  private readonly apps: AppsV1Api;
  private readonly storage: StorageV1Api;

  constructor(
    config: KubeConfig,
    readonly namespace: string,
  ) {
    this.core = config.makeApiClient(CoreV1Api);
    this.apps = config.makeApiClient(AppsV1Api);
    this.storage = config.makeApiClient(StorageV1Api);
  }

  /** The server's pods, also those that are ending. */
  async serverPods(): Promise<V1Pod[]> {
    const { namespace } = this;
    const list = { namespace, labelSelector: "app=flower-server" };
    return (await ask(this.core.listNamespacedPod(list))).items;
  }

  /** @throws Hopeless when the namespace is missing or we may not read it */
  async observe(): Promise<Observation> {
    const { namespace } = this;
    const ours = { namespace, labelSelector: APPS };
    await allowed(ask(this.core.readNamespace({ name: namespace })));
    const [pods, events, claims, replicaSets, statefulSets, storageClasses, nodes] =
      await Promise.all([
        ask(this.core.listNamespacedPod(ours)),
        ask(this.core.listNamespacedEvent({ namespace })),
        ask(this.core.listNamespacedPersistentVolumeClaim(ours)),
        ask(this.apps.listNamespacedReplicaSet(ours)),
        ask(this.apps.listNamespacedStatefulSet(ours)),
        allowed(ask(this.storage.listStorageClass())),
        allowed(ask(this.core.listNode())),
      ]);
    const workload =
      (kind: string) =>
      (owner: (typeof replicaSets.items | typeof statefulSets.items)[number]): Workload => ({
        kind,
        name: owner.metadata?.name ?? "",
        desired: owner.spec?.replicas ?? 0,
        present: owner.status?.replicas ?? 0,
      });
    return {
      pods: pods.items,
      events: events.items,
      claims: claims.items,
      workloads: [
        ...replicaSets.items.map(workload("ReplicaSet")),
        ...statefulSets.items.map(workload("StatefulSet")),
      ],
      storageClasses: storageClasses?.items ?? null,
      nodes: nodes?.items ?? null,
    };
  }
}

class Forbidden extends Hopeless {}

async function allowed<T>(request: Promise<T>): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof Forbidden) return null;
    throw error;
  }
}

async function ask<T>(request: Promise<T>): Promise<T> {
  try {
    return await within(DEADLINE, request);
  } catch (error) {
    if (!(error instanceof ApiException)) throw new Unreachable(oneLine(causeOf(error)));
    const said = messageOf(error.body);
    if (error.code === 401) {
      throw new Hopeless(
        `the cluster refuses this kubeconfig's credentials (401 ${said}) — log in again`,
      );
    }
    if (error.code === 403) {
      throw new Forbidden(
        `the cluster forbids it: ${said} — ask for that right, or use another context`,
      );
    }
    if (error.code === 404) {
      throw new Hopeless(`${said} — it must exist to be followed — run \`pulumi up\``);
    }
    throw new Unreachable(`${error.code} ${said}`);
  }
}

function messageOf(body: unknown): string {
  try {
    const value = (typeof body === "string" ? JSON.parse(body) : body) as { message?: string };
    return oneLine(value.message ?? String(body)).slice(0, 500);
  } catch {
    return oneLine(String(body)).slice(0, 500);
  }
}

function causeOf(error: unknown): string {
  return error instanceof Error
    ? error.message || String((error as { code?: string }).code)
    : String(error);
}
