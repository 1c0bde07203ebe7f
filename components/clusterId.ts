import http from "node:http";
import https from "node:https";

/** Seconds within which a cluster answers that is there. */
const DEADLINE = 10;

/**
 * What tells the cluster behind a context of the user's kubeconfig from one that took its place
 * later: the UID of its namespace kube-system. Empty when none answers: a preview needs no
 * cluster, and in an update the resources themselves say what is wrong.
 */
export function clusterId(context: string): Promise<string> {
  // The credentials may come from a command of the user's cloud, which has no deadline.
  const late = new Promise<string>((resolve) => {
    setTimeout(resolve, DEADLINE * 1000, "").unref();
  });
  return Promise.race([ask(context).catch(() => ""), late]);
}

async function ask(context: string): Promise<string> {
  // A deep import: the package's index takes a second to load.
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const config = new KubeConfig();
  config.loadFromDefault();
  config.setCurrentContext(context);
  const url = `${config.getCurrentCluster()?.server ?? ""}/api/v1/namespaces/kube-system`;
  const options: https.RequestOptions = { signal: AbortSignal.timeout(DEADLINE * 1000) };
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
