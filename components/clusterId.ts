import http from "node:http";
import https from "node:https";
import { RunError } from "@pulumi/pulumi";

/** Seconds a cluster is given to answer; a busy one that an update needs has longer. */
const DEADLINE = { preview: 10, update: 60 } as const;

/**
 * What tells the cluster behind a context of the user's kubeconfig from one that took its place
 * later: the UID of its namespace kube-system. Empty when this user may not see it, or when no
 * cluster answers and none is `needed`, as in a preview.
 * @throws RunError when the cluster is needed and does not answer
 */
export async function clusterId(context: string, needed: boolean): Promise<string> {
  const seconds = needed ? DEADLINE.update : DEADLINE.preview;
  // The credentials may come from a command of the user's cloud, which has no deadline.
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${String(seconds)} s`);
    setTimeout(reject, seconds * 1000, error).unref();
  });
  try {
    return await Promise.race([ask(context, seconds), late]);
  } catch (error) {
    if (!needed) return "";
    throw RunError.isInstance(error) ? error : silence(context, error as NodeJS.ErrnoException);
  }
}

function silence(context: string, { message, code, name }: NodeJS.ErrnoException): RunError {
  return new RunError(
    // A host name with several addresses fails with a code and no message.
    `the cluster of context ${context} does not answer (${message || (code ?? name)}) — \`pulumi up\` needs it — start it, or take another: pulumi config set context <name>`,
  );
}

async function ask(context: string, seconds: number): Promise<string> {
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
  const url = `${config.getCurrentCluster()?.server ?? ""}/api/v1/namespaces/kube-system`;
  const options: https.RequestOptions = { signal: AbortSignal.timeout(seconds * 1000) };
  await config.applyToHTTPSOptions(options);
  const { metadata } = JSON.parse(await get(url, options)) as { metadata?: { uid?: string } };
  return metadata?.uid ?? "";
}

function get(url: string, options: https.RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    (url.startsWith("http:") ? http : https)
      .get(url, options, (response) => {
        response.setEncoding("utf8");
        let body = "";
        response.on("data", (part: string) => (body += part));
        response.on("end", () => {
          resolve(body);
        });
        response.on("error", reject);
      })
      .on("error", reject);
  });
}
