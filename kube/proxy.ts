import { BlockList, isIP } from "node:net";

/** Variables of the environment; Windows has them without case. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy through which the environment reaches a server, by kubectl's rules: those of
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy. Loopback is never reached through one.
 * @returns undefined without a proxy
 */
export function proxyFor(server: string, environment: Environment): string | undefined {
  const { protocol, hostname, port } = new URL(server);
  const kind = protocol === "https:" ? "https" : "http";
  const proxy = value(`${kind}_proxy`, environment);
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (proxy === "" || isLoopback(host)) return undefined;
  const excluded = value("no_proxy", environment)
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  const at = port || (kind === "https" ? "443" : "80");
  if (excluded.some((rule) => matches(rule, host, at))) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function value(name: string, environment: Environment): string {
  return (environment[name.toUpperCase()] ?? environment[name] ?? "").trim();
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** Whether a rule of NO_PROXY holds for a server: `*`, a network, an address or a domain, perhaps with a port. */
function matches(rule: string, host: string, port: string): boolean {
  if (rule === "*" || rule === host) return true;
  if (isIP(rule) !== 0) return false;
  if (rule.includes("/")) return isWithin(host, rule);
  const [, name = rule, only = port] = /^(.+):(\d+)$/.exec(rule) ?? [];
  if (only !== port) return false;
  const domain = name.replace(/^\*(?=\.)/, "");
  if (host === domain) return true;
  return isIP(host) === 0 && host.endsWith(domain.startsWith(".") ? domain : `.${domain}`);
}

function isWithin(host: string, range: string): boolean {
  const [network = "", bits = ""] = range.split("/");
  const version = isIP(network);
  if (version === 0 || isIP(host) !== version) return false;
  const most = version === 4 ? 32 : 128;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > most) return false;
  const list = new BlockList();
  const kind = version === 4 ? "ipv4" : "ipv6";
  list.addSubnet(network, Number(bits), kind);
  return list.check(host, kind);
}
