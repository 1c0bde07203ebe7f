import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ContextEntries, Entry } from "./kubeconfig.ts";
import { oneLine } from "./oneLine.ts";

const ANEW = "get the kubeconfig anew from whoever runs the cluster";

/**
 * Finds out why the certificates and the key of a context cannot be used; undefined when they can,
 * as far as it shows. It is asked after a failure: TLS tells it in the words of its library.
 * @returns one sentence: the fault — what is allowed — the remedy
 */
export function certificateFault(
  context: string,
  { cluster, user }: ContextEntries,
): string | undefined {
  const authority = partFault(cluster, "certificate-authority", certificateOf);
  const certificate = partFault(user, "client-certificate", certificateOf);
  const key = partFault(user, "client-key", createPrivateKey);
  const why = authority ?? certificate ?? key ?? pairFault(user);
  return why && `${why} in the kubeconfig of context ${context} — ${MUST} — ${ANEW}`;
}

const MUST = "certificates and keys must be PEM, in base64 where it is data, and belong together";

function certificateOf(pem: Buffer): X509Certificate {
  return new X509Certificate(pem);
}

/** Bytes of a part, which may be data or a file; undefined where there is none. */
function bytesOf(entry: Entry, name: string): Buffer | undefined {
  const { [`${name}-data`]: data, [name]: file } = entry as Record<string, string | undefined>;
  if (data) return Buffer.from(data, "base64");
  return file ? readFileSync(file) : undefined;
}

function partFault(entry: Entry, name: string, read: (pem: Buffer) => unknown): string | undefined {
  const what = entry[`${name}-data`] ? `${name}-data` : name;
  try {
    const bytes = bytesOf(entry, name);
    if (bytes !== undefined) read(bytes);
    return undefined;
  } catch (fault) {
    // A file that is missing is told with its path.
    if ((fault as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return `${what} cannot be used (${oneLine((fault as Error).message, 100)})`;
  }
}

function pairFault(user: Entry): string | undefined {
  const [certificate, key] = ["client-certificate", "client-key"].map((name) => {
    try {
      return bytesOf(user, name);
    } catch {
      return undefined;
    }
  });
  if (certificate === undefined || key === undefined) return undefined;
  const isPair = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  return isPair ? undefined : "client-key is not the key of client-certificate";
}
