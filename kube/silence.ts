import { Hopeless, reasonOf, TooLate, Unreachable } from "./errors.ts";
import { oneLine } from "./oneLine.ts";

/** Why there is no answer, and what to do; a remedy that is missing is that the cluster must be up. */
type Words = readonly [what: string, remedy?: string];

const NETWORK = "check your network, its VPN and its proxy (HTTPS_PROXY, NO_PROXY)";
const ANEW = "get the kubeconfig anew from whoever runs the cluster";
const UNKNOWN_AUTHORITY =
  "the certificate of HOST is signed by an authority that the kubeconfig does not name";
const STRANGER: Words = [
  UNKNOWN_AUTHORITY,
  `another server may answer there, or the cluster was made anew: ${ANEW}; behind a company's proxy set certificate-authority`,
];
/** Codes of files that are there and cannot be read. */
const UNREADABLE = ["EISDIR", "EACCES", "ENOTDIR"];
const LATE: Words = ["no answer of HOST", NETWORK];

/** Words by the code of an error of Node.js; HOST stands for the server's host and port. */
const WORDS: Readonly<Record<string, Words>> = {
  ENOTFOUND: ["DNS does not know NAME", `${NETWORK}, or ${ANEW}`],
  EAI_AGAIN: ["DNS does not answer for NAME", NETWORK],
  ECONNREFUSED: ["nothing listens at HOST"],
  ECONNRESET: ["HOST closed the connection"],
  EPIPE: ["HOST closed the connection"],
  ETIMEDOUT: LATE,
  EHOSTUNREACH: ["there is no way to HOST", NETWORK],
  ENETUNREACH: ["there is no way to HOST", NETWORK],
  SELF_SIGNED_CERT_IN_CHAIN: STRANGER,
  DEPTH_ZERO_SELF_SIGNED_CERT: STRANGER,
  UNABLE_TO_GET_ISSUER_CERT: STRANGER,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: STRANGER,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: STRANGER,
  CERT_SIGNATURE_FAILURE: STRANGER,
  CERT_HAS_EXPIRED: [
    "the certificate of HOST has expired",
    "have it renewed, or set this machine's clock",
  ],
  CERT_NOT_YET_VALID: ["the certificate of HOST is not valid yet", "set this machine's clock"],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "the certificate of HOST is for other names",
    "set tls-server-name of the cluster in the kubeconfig to one of its names",
  ],
  EPROTO: ["HOST does not speak TLS", "correct the cluster's server in the kubeconfig"],
  ERR_SSL_WRONG_VERSION_NUMBER: [
    "HOST does not speak TLS",
    "correct the cluster's server in the kubeconfig",
  ],
};

/** A request that got no answer. */
export interface Unanswered {
  /** URL of the server. */
  readonly server: string;
  /** URL of the proxy that it went through. @default none */
  readonly proxy?: string | undefined;
  /** Deadline that the answer had. */
  readonly seconds: number;
}

/** Tells in words why a server gave no answer. */
export function silence(fault: unknown, { server, proxy, seconds }: Unanswered): Error {
  if (fault instanceof Hopeless || fault instanceof Unreachable) return fault;
  const { code = "", path, syscall } = codeOf(fault);
  if (code === "ENOENT" && syscall === "open") {
    return new Hopeless(
      `the kubeconfig names the file ${path ?? ""}, which is not there — its certificates, keys and tokens must be — ${ANEW}`,
    );
  }
  const reason = oneLine(reasonOf(fault), 200);
  if (UNREADABLE.includes(code)) {
    return new Hopeless(
      `a file that the kubeconfig names cannot be read (${reason}) — its certificates, keys and tokens must be files that you may read — correct the kubeconfig, or their rights`,
    );
  }
  if (code === "ERR_INVALID_CHAR") return noToken();
  const proxyFault = proxy === undefined ? undefined : atProxy(proxy, code, reason);
  if (proxyFault !== undefined) return proxyFault;
  const isLate = fault instanceof TooLate || /^(AbortError|TimeoutError)$/.test(nameOf(fault));
  const words = isLate ? LATE : (WORDS[code] ?? proxyWords(reason));
  if (words === undefined) return new Unreachable(reason);
  const [what, remedy] = words;
  const detail = isLate ? ` within ${seconds} s` : `, ${code || reason}`;
  return new Unreachable(`${placed(what, server)}${detail}`, remedy && placed(remedy, server));
}

/** Codes of errors that come before a connection is there; it is the proxy's where there is one. */
const UNCONNECTED = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)\b/;

/** Why the proxy itself is not reached; libraries of proxies tell the code in their words alone. */
function atProxy(proxy: string, code: string, reason: string): Unreachable | undefined {
  const [found] = UNCONNECTED.exec(`${code} ${reason}`) ?? [];
  if (found === undefined) return undefined;
  const [what] = WORDS[found] ?? LATE;
  return new Unreachable(
    `the proxy on the way is not reached: ${placed(what, proxy)}, ${found}`,
    "correct proxy-url of the cluster in the kubeconfig, or HTTPS_PROXY; NO_PROXY names hosts that need none",
  );
}

function noToken(): Hopeless {
  return new Hopeless(
    `the login's token has characters that no token has — it must be one line of ASCII — ${ANEW}, or log in again`,
  );
}

function proxyWords(reason: string): Words | undefined {
  const [, code] = /^Bad response: (\d+)$/.exec(reason) ?? [];
  if (code === undefined) return undefined;
  return code === "407"
    ? [
        "the proxy asks for a login",
        "write it into the proxy's URL: http://USER:PASSWORD@PROXY:PORT",
      ]
    : ["the proxy lets nobody to HOST", "allow HOST in the proxy, or name it in NO_PROXY"];
}

function placed(text: string, server: string): string {
  const { hostname, host } = new URL(server);
  return text.replace("HOST", host).replace("NAME", hostname);
}

function codeOf(fault: unknown): NodeJS.ErrnoException {
  // A host name with several addresses fails with one error for all of them.
  const [first] = fault instanceof AggregateError ? (fault.errors as unknown[]) : [fault];
  return (first instanceof Error ? first : {}) as NodeJS.ErrnoException;
}

function nameOf(fault: unknown): string {
  return fault instanceof Error ? fault.name : "";
}
