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
  /**
   * Compares a namespace of this stack's state with the cluster's; says nothing when this user may not see it.
   * @throws RunError when it is not there any more
   */
  readonly checkNamespace: (name: string, uid: string) => Promise<void>;
}

/** Of a cluster that does not answer, in a preview. */
const UNKNOWN: ClusterFacts = {
  id: "",
  signingKeys: "",
  checkNamespace: () => Promise.resolve(),
};

/**
 * Asks the cluster behind a context of the user's kubeconfig.
 * @param needed no answer is an error; in a preview it is none
 * @throws RunError when the cluster is needed and does not answer, or may not be asked
 */
export async function clusterFacts(context: string, needed: boolean): Promise<ClusterFacts> {
  const seconds = needed ? DEADLINE.update : DEADLINE.preview;
  // The credentials may come from a command of the user's cloud, which has no deadline.
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${String(seconds)} s`);
    setTimeout(reject, seconds * 1000, error).unref();
  });
  try {
    return await Promise.race([ask(context, seconds), late]);
  } catch (error) {
    if (!needed) return UNKNOWN;
    throw RunError.isInstance(error) ? error : silence(context, error as NodeJS.ErrnoException);
  }
}

function silence(context: string, { message, code, name }: NodeJS.ErrnoException): RunError {
  return new RunError(
    // A host name with several addresses fails with a code and no message.
    `the cluster of context ${context} does not answer (${message || (code ?? name)}) — \`pulumi up\` needs it — start it, or take another: pulumi config set context <name>`,
  );
}

async function ask(context: string, seconds: number): Promise<ClusterFacts> {
  // A deep import: the package's index takes a second to load.
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  config.loadFromDefault();
  const names = config.getContexts().map((one) => one.name);
  if (!names.includes(context)) {
    throw new RunError(
      `context ${context} is not in the kubeconfig — there are: ${names.join(", ") || "none"} — pulumi config set context <name>`,
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
    checkNamespace: async (name, made) => {
      const { code, ...found } = await answer(`/api/v1/namespaces/${name}`);
      if (code === 404 || (code === 200 && uid(found) !== made)) throw gone(context, name);
    },
  };
}

function uid({ body }: Pick<Answer, "body">): string | undefined {
  return (JSON.parse(body) as { metadata?: { uid?: string } }).metadata?.uid;
}

function gone(context: string, namespace: string): RunError {
  return new RunError(
    `context ${context} has no namespace ${namespace} of this stack's any more — the cluster was made anew, or the namespace deleted — run \`pulumi up --refresh\``,
  );
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
