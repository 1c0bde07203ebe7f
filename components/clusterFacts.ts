import http from "node:http";
import https from "node:https";
import { RunError } from "@pulumi/pulumi";

/** Seconds a cluster is given to answer; a busy one that an update needs has longer. */
const DEADLINE = { preview: 10, update: 60 } as const;

/** What the program must know of the cluster itself; empty when no cluster answers. */
export interface ClusterFacts {
  /**
   * What tells the cluster behind a context from one that took its place later: the UID of its
   * namespace kube-system. Empty when this user may not see it.
   */
  readonly id: string;
  /** The public keys of its ServiceAccounts' tokens, a JSON Web Key Set. */
  readonly signingKeys: string;
  readonly api: KubernetesApi;
}

/** Reads objects of a cluster. */
export interface KubernetesApi {
  /**
   * The object at a path; null: there is none; undefined: this user may not see it, or the cluster
   * does not answer in a preview.
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

/** Where the cluster is looked for. */
export interface Place {
  readonly context: string;
  /** `minikube` when the context is that of a minikube's profile. */
  readonly cluster: "minikube" | "remote";
}

/**
 * Asks the cluster behind a context of the user's kubeconfig.
 * @param needed no answer is an error; in a preview it is none
 * @throws RunError when the cluster is needed and does not answer, or may not be asked
 */
export async function clusterFacts(place: Place, needed: boolean): Promise<ClusterFacts> {
  const seconds = needed ? DEADLINE.update : DEADLINE.preview;
  // The credentials may come from a command of the user's cloud, which has no deadline.
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${String(seconds)} s`);
    setTimeout(reject, seconds * 1000, error).unref();
  });
  try {
    return await Promise.race([ask(place, seconds), late]);
  } catch (error) {
    if (!needed) return UNKNOWN;
    throw RunError.isInstance(error) ? error : silence(place, error as NodeJS.ErrnoException);
  }
}

function silence(place: Place, { message, code, name }: NodeJS.ErrnoException): RunError {
  return new RunError(
    // A host name with several addresses fails with a code and no message.
    `the cluster of context ${place.context} does not answer (${message || (code ?? name)}) — \`pulumi up\` needs it — ${start(place)}, or take another: pulumi config set context <name>`,
  );
}

function start({ cluster, context }: Place): string {
  return cluster === "minikube" ? `start it: minikube start -p ${context}` : "start it";
}

async function ask(place: Place, seconds: number): Promise<ClusterFacts> {
  const { context } = place;
  // A deep import: the package's index takes a second to load.
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  config.loadFromDefault();
  const names = config.getContexts().map((one) => one.name);
  if (!names.includes(context)) {
    // `minikube stop` takes the context out.
    const remedy = place.cluster === "minikube" ? `${start(place)}, or ` : "";
    throw new RunError(
      `context ${context} is not in the kubeconfig — there are: ${names.join(", ") || "none"} — ${remedy}pulumi config set context <name>`,
    );
  }
  config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server ?? "";
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const answer = (path: string): Promise<Answer> =>
    get(server + path, { ...options, signal: AbortSignal.timeout(seconds * 1000) });
  const [namespace, keys] = await Promise.all([
    answer("/api/v1/namespaces/kube-system"),
    answer("/openid/v1/jwks"),
  ]);
  if (keys.code !== 200) throw forbidden(context, keys.code);
  return {
    id: uid(namespace) ?? "",
    signingKeys: sorted(keys.body),
    api: {
      get: async <T>(path: string) => {
        const { code, body } = await answer(path).catch((error: unknown) => {
          throw silence(place, error as NodeJS.ErrnoException);
        });
        if (code === 404) return null;
        if (code === 401 || code === 403) return undefined;
        if (code !== 200) throw silence(place, new Error(`it answers ${String(code)}`));
        return JSON.parse(body) as T;
      },
    },
  };
}

function uid({ body }: Pick<Answer, "body">): string | undefined {
  return (JSON.parse(body) as { metadata?: { uid?: string } }).metadata?.uid;
}

function forbidden(context: string, code: number): RunError {
  return new RunError(
    `the cluster of context ${context} does not show the keys it signs tokens with (it answers ${String(code)}) — clients prove by them who they are — have an administrator let you read them: kubectl create clusterrolebinding kubeflower-keys --clusterrole system:service-account-issuer-discovery --user <you>`,
  );
}

/** The same text for the same keys, whichever API server gave them. */
function sorted(body: string): string {
  const { keys } = JSON.parse(body) as { keys: { kid: string }[] };
  return JSON.stringify({ keys: keys.sort((a, b) => (a.kid < b.kid ? -1 : 1)) });
}

interface Answer {
  readonly code: number;
  readonly body: string;
}

function get(url: string, options: https.RequestOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    (url.startsWith("http:") ? http : https)
      .get(url, options, (response) => {
        response.setEncoding("utf8");
        let body = "";
        response.on("data", (part: string) => (body += part));
        response.on("end", () => {
          resolve({ code: response.statusCode ?? 0, body });
        });
        response.on("error", reject);
      })
      .on("error", reject);
  });
}
