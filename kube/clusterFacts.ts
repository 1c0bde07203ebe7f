import { RunError } from "@pulumi/pulumi";
import { startCommand, type ClusterKind } from "../contract/clusterKind.ts";
import { keySetText, type KeySet } from "../contract/keySet.ts";
import { clientOf, type KubeClient } from "./client.ts";
import { Hopeless, NoContext, reasonOf, Refused, Unreachable } from "./errors.ts";

/** Seconds that a cluster has to answer: a busy one that an update needs has longer. */
const DEADLINE = { preview: 10, update: 60 } as const;

/** Facts about the cluster itself; empty when no cluster answers. */
export interface ClusterFacts {
  /**
   * UID of the namespace kube-system. It tells a cluster from one that took its place under the same
   * context. Empty when this user may not see it.
   */
  readonly id: string;
  /** Public keys of the cluster's ServiceAccount tokens, a JSON Web Key Set. */
  readonly signingKeys: string;
  /** Reads further objects of the cluster. */
  readonly api: KubernetesApi;
  /** Sentence of why a preview cannot ask the cluster; none where it does not answer. */
  readonly warning?: string;
}

/** Reads objects of a cluster. */
export interface KubernetesApi {
  /**
   * The object at a path; null when there is none; undefined when this user may not see it, or when
   * the cluster does not answer in a preview.
   * @throws RunError when the cluster does not answer
   */
  get<T>(path: string): Promise<T | null | undefined>;
}

/** Stands for a cluster that does not answer, in a preview. */
const UNKNOWN: ClusterFacts = {
  id: "",
  signingKeys: "",
  api: { get: () => Promise.resolve(undefined) },
};

/** The settings that name the cluster. */
export interface Place {
  /** Context of the kubeconfig. */
  readonly context: string;
  readonly cluster: ClusterKind;
  /** Keys of the cluster's tokens, which it is then not asked for. @default those that it shows */
  readonly jwks?: string | undefined;
}

/**
 * Asks the cluster behind a context of the user's kubeconfig.
 * @param needed whether no answer is an error; in a preview it is none
 * @throws RunError when the cluster is needed and does not answer, or refuses
 */
export async function clusterFacts(place: Place, needed: boolean): Promise<ClusterFacts> {
  const seconds = needed ? DEADLINE.update : DEADLINE.preview;
  try {
    return await ask(clientOf(place.context), place, seconds);
  } catch (error) {
    if (!needed) return { ...UNKNOWN, signingKeys: place.jwks ?? "", ...warningOf(place, error) };
    throw RunError.isInstance(error) ? error : silence(place, error);
  }
}

/**
 * Warns of all but a cluster that is off or far: a preview needs no cluster, and no context. A login,
 * a right or an entry of the kubeconfig that is wrong stays wrong.
 */
function warningOf(place: Place, error: unknown): Pick<ClusterFacts, "warning"> {
  if (error instanceof NoContext) return {};
  if (error instanceof Unreachable && error.remedy === undefined) return {};
  const told = RunError.isInstance(error) ? error : silence(place, error);
  return { warning: told.message };
}

function silence(place: Place, error: unknown): RunError {
  const start = startOf(place);
  if (error instanceof NoContext) {
    // `minikube stop` removes the context.
    const remedy = place.cluster === "minikube" ? `${start}, or ` : "";
    const { context, known, absent } = error;
    return new RunError(new NoContext(context, known, remedy, absent).message);
  }
  if (error instanceof Hopeless) return new RunError(error.message);
  const remedy = (error instanceof Unreachable ? error.remedy : undefined) ?? start;
  return new RunError(
    `the cluster of context ${place.context} does not answer (${reasonOf(error)}) — \`pulumi up\` needs it — ${remedy}, or take another: pulumi config set context <name>`,
  );
}

function startOf({ cluster, context }: Place): string {
  const command = startCommand(cluster, context);
  return command === undefined ? "start it" : `start it: ${command}`;
}

async function ask(client: KubeClient, place: Place, seconds: number): Promise<ClusterFacts> {
  const read = async <T>(path: string): Promise<T | null | undefined> => {
    try {
      return (await client.get<T>(path, seconds)).object;
    } catch (error) {
      if (error instanceof Refused && error.code === 404) return null;
      if (error instanceof Refused && error.code === 403) return undefined;
      throw error;
    }
  };
  const get = <T>(path: string): Promise<T | null | undefined> =>
    read<T>(path).catch((error: unknown) => {
      throw silence(place, error);
    });
  const [namespace, signingKeys] = await Promise.all([
    read<{ metadata?: { uid?: string } }>("/api/v1/namespaces/kube-system"),
    place.jwks ?? keysOf(client, seconds),
  ]);
  return { id: namespace?.metadata?.uid ?? "", signingKeys, api: { get } };
}

/** The cluster's keys, as it shows them. */
async function keysOf(client: KubeClient, seconds: number): Promise<string> {
  try {
    return keySetText((await client.get<KeySet>("/openid/v1/jwks", seconds)).object);
  } catch (error) {
    if (!(error instanceof Refused) || error.code === 401) throw error;
    if (error.code === 404) await checkServer(client, seconds);
    throw hiddenKeys(client.context, error.code);
  }
}

/** @throws Unreachable when there is no API server at all at the address */
async function checkServer(client: KubeClient, seconds: number): Promise<void> {
  try {
    await client.get("/version", seconds);
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 404) return;
    throw new Unreachable(
      `there is no API server at ${client.config.server}: it answers 404`,
      "correct server of the cluster in the kubeconfig, its path too",
    );
  }
}

function hiddenKeys(context: string, code: number): RunError {
  return new RunError(
    `the cluster of context ${context} does not show the keys it signs tokens with (it answers ${code}) — clients prove by them who they are — have an administrator type \`kubectl get --raw /openid/v1/jwks\`, and set what it prints: pulumi config set jwks '<json>'`,
  );
}
