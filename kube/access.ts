// A deep import: the package's index takes a second to load.
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { Credentials } from "./credentials.ts";
import { Hopeless } from "./errors.ts";
import type { ContextEntries, Entry } from "./kubeconfig.ts";
import { proxyFor } from "./proxy.ts";

/** Texts of an entry; a key that is empty counts as missing, as for kubectl. */
type Texts = Readonly<Record<string, string | undefined>>;

/**
 * Client library's config for one context, with kubectl's rules where the library has others: data
 * counts before a file, a cluster may be reached in plain HTTP, and the environment's proxy counts
 * where the cluster has none.
 */
export class Access extends KubeConfig {
  readonly #credentials: Credentials;

  /** @throws Hopeless for a login that kubectl has not had since 1.26 */
  constructor(
    context: string,
    /** Entries of the kubeconfig. */
    readonly entries: ContextEntries,
  ) {
    super();
    const { cluster, user } = entries;
    const { "auth-provider": provider } = user as { "auth-provider"?: { name?: string } };
    if (provider) throw retired(context, provider.name ?? "");
    this.#credentials = new Credentials(cluster, user);
    this.loadFromOptions({
      clusters: [clusterOf(cluster, user)],
      users: [userOf(user)],
      contexts: [{ name: context, cluster: "cluster", user: "user" }],
      currentContext: context,
    });
    this.addAuthenticator(this.#credentials);
  }

  /** The server's address. */
  get server(): string {
    return this.getCurrentCluster()?.server ?? "";
  }

  /** Forgets a plugin's credentials: the API server did not accept them. */
  forget(): void {
    this.#credentials.forget();
  }
}

function clusterOf(cluster: Entry, user: Entry) {
  const texts = cluster as Texts;
  const server = serverOf(texts, user as Texts);
  const isPlain = server.startsWith("http:");
  return {
    name: "cluster",
    server: server.replace(/\/$/, ""),
    ...either("ca", texts, "certificate-authority"),
    tlsServerName: texts["tls-server-name"] || undefined,
    skipTLSVerify: isPlain || cluster["insecure-skip-tls-verify"] === true,
    proxyUrl: texts["proxy-url"] || proxyFor(server, process.env),
  };
}

/** The server's address; without a scheme it is HTTPS where anything of TLS is said, as for kubectl. */
function serverOf(cluster: Texts, user: Texts): string {
  const { server = "" } = cluster;
  if (server.includes("://")) return server;
  const tls = /^(certificate-authority|client-certificate|insecure-skip-tls-verify)/;
  return `${Object.keys({ ...cluster, ...user }).some((key) => tls.test(key)) ? "https" : "http"}://${server}`;
}

function userOf(user: Entry) {
  const texts = user as Texts;
  return {
    name: "user",
    ...either("cert", texts, "client-certificate"),
    ...either("key", texts, "client-key"),
    username: texts.username || undefined,
    password: texts.password ?? "",
    // The name is one that no login of the library's takes.
    authProvider: { name: "kubeflower" },
  };
}

function either(name: string, texts: Texts, key: string): object {
  const { [`${key}-data`]: data, [key]: file } = texts;
  return data ? { [`${name}Data`]: data } : { [`${name}File`]: file || undefined };
}

function retired(context: string, name: string): Hopeless {
  return new Hopeless(
    `context ${context} logs in by auth-provider ${name}, which kubectl has not had since 1.26 — a login is a token, a certificate or an exec plugin — get the kubeconfig anew from whoever runs the cluster, as the cloud's own command writes it`,
  );
}
