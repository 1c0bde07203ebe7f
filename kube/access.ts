// A deep import: the package's index takes a second to load.
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { Credentials } from "./credentials.ts";
import { Hopeless } from "./errors.ts";
import type { ContextEntries, Entry } from "./kubeconfig.ts";
import { proxyFor } from "./proxy.ts";

/** The one login of the library's that kubectl has, too, and that no plugin has replaced. */
const OIDC = "oidc";

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
    const provider = providerOf(user);
    if (provider !== undefined && provider.name !== OIDC) throw retired(context, provider.name);
    this.#credentials = new Credentials(cluster, user);
    this.loadFromOptions({
      clusters: [clusterOf(context, entries)],
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

  /** Address of the proxy on the way to the server; undefined without one. */
  get proxy(): string | undefined {
    return this.getCurrentCluster()?.proxyUrl;
  }

  /** Forgets a plugin's credentials: the API server did not accept them. */
  forget(): void {
    this.#credentials.forget();
  }
}

function clusterOf(context: string, { cluster, user }: ContextEntries) {
  const texts = cluster as Texts;
  const server = serverOf(texts, user as Texts);
  if (!isAddress(server, SCHEMES)) throw noAddress(context, texts);
  const proxyUrl = texts["proxy-url"] || proxyFor(server, process.env);
  if (proxyUrl && !isAddress(proxyUrl, PROXIES)) throw noProxy(context, texts, proxyUrl);
  const isPlain = /^http:/i.test(server);
  return {
    name: "cluster",
    server: server.replace(/\/$/, ""),
    ...either("ca", texts, "certificate-authority"),
    tlsServerName: texts["tls-server-name"] || undefined,
    skipTLSVerify: isPlain || cluster["insecure-skip-tls-verify"] === true,
    // The library would ask this machine's DNS; kubectl leaves the server's name to such a proxy.
    proxyUrl: proxyUrl?.replace(/^socks5:/i, "socks5h:"),
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
    // Any other name is one that no login of the library's takes.
    authProvider: providerOf(user) ?? { name: "kubeflower" },
  };
}

function either(name: string, texts: Texts, key: string): object {
  const { [`${key}-data`]: data, [key]: file } = texts;
  return data ? { [`${name}Data`]: data } : { [`${name}File`]: file || undefined };
}

function providerOf(user: Entry): { readonly name: string } | undefined {
  return (user as { "auth-provider"?: { readonly name: string } })["auth-provider"];
}

const SCHEMES = ["http:", "https:"];
/** Kinds of proxies that kubectl takes. */
const PROXIES = ["http:", "https:", "socks5:"];

function isAddress(text: string, schemes: readonly string[]): boolean {
  return URL.canParse(text) && schemes.includes(new URL(text).protocol);
}

function noAddress(context: string, { server = "" }: Texts): Hopeless {
  return new Hopeless(
    `the cluster of context ${context} is at "${server}", which is no URL — it must be one, such as https://HOST:PORT — correct the kubeconfig`,
  );
}

function noProxy(context: string, { "proxy-url": own }: Texts, proxy: string): Hopeless {
  const [whose, where] = own
    ? [`the cluster of context ${context} has the proxy-url`, "the kubeconfig"]
    : ["HTTPS_PROXY is", "it"];
  const masked = proxy.replace(/\/\/[^/@]*@/, "//…@");
  return new Hopeless(
    `${whose} "${masked}", which is no URL of a proxy — it must be one, such as http://HOST:PORT or socks5://HOST:PORT — correct ${where}`,
  );
}

function retired(context: string, name: string): Hopeless {
  return new Hopeless(
    `context ${context} logs in by auth-provider ${name}, which kubectl has not had since 1.26 — a login is a token, a certificate, an exec plugin or oidc — get the kubeconfig anew from whoever runs the cluster, as the cloud's own command writes it`,
  );
}
