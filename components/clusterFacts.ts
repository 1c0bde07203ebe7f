import http from "node:http";
import https from "node:https";
import { RunError } from "@pulumi/pulumi";

/** Seconds a cluster is given to answer; a busy one that an update needs has longer. */
const DEADLINE = { preview: 10, update: 60 } as const;

/** What the program must know of the cluster itself; all empty when no cluster answers. */
export interface ClusterFacts {
  /**
   * What tells the cluster behind a context from one that took its place later: the UID of its
   * namespace kube-system. Empty when this user may not see it.
   */
  readonly id: string;
  /** The public keys of its ServiceAccounts' tokens, a JSON Web Key Set. */
  readonly signingKeys: string;
}

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
    if (!needed) return { id: "", signingKeys: "" };
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
  const options: https.RequestOptions = { signal: AbortSignal.timeout(seconds * 1000) };
  await config.applyToHTTPSOptions(options);
  const [namespace, keys] = await Promise.all([
    get(`${server}/api/v1/namespaces/kube-system`, options),
    get(`${server}/openid/v1/jwks`, options),
  ]);
  const { metadata } = JSON.parse(namespace.body) as { metadata?: { uid?: string } };
  if (keys.code !== 200) throw forbidden(context, keys.code);
  return { id: metadata?.uid ?? "", signingKeys: sorted(keys.body) };
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

function get(url: string, options: https.RequestOptions): Promise<{ code: number; body: string }> {
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
