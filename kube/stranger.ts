import { Unreachable } from "./errors.ts";
import { oneLine } from "./oneLine.ts";

const CORRECT =
  "correct server of the cluster in the kubeconfig; a proxy or a login page may stand before it";

/** Tells an answer that no API server gives; undefined when one may have given it. */
export function strangerFault(code: number, body: string, server: string): Unreachable | undefined {
  const { host } = new URL(server);
  if (code === 400 && body.includes("HTTP request to an HTTPS server")) {
    return new Unreachable(
      `${host} speaks HTTPS, and server in the kubeconfig is ${server}`,
      `begin server of the cluster with https:// in the kubeconfig`,
    );
  }
  if (code < 300 || code >= 400) return undefined;
  return new Unreachable(`what answers at ${host} is no API server: it answers ${code}`, CORRECT);
}

/**
 * Reads an answer that must be JSON.
 * @throws Unreachable when it is none
 */
export function json(body: string, server: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    const { host } = new URL(server);
    const begin = oneLine(body.trim(), 60);
    throw new Unreachable(`what answers at ${host} is no API server: it sends ${begin}`, CORRECT);
  }
}
