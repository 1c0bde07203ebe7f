import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Place where Docker listens. */
export interface Endpoint {
  /** Address, such as unix:///var/run/docker.sock; undefined: one of Docker's usual sockets. */
  readonly host?: string;
  /** Docker context that names the address; undefined: DOCKER_HOST or nothing does. */
  readonly context?: string;
  /** Folder of the context's ca.pem, cert.pem and key.pem. @default the address needs none */
  readonly certPath?: string;
}

/** The parts of a context's meta.json that count here. */
interface Meta {
  readonly Name?: string;
  readonly Endpoints?: { readonly docker?: { readonly Host?: string } };
}

/** The part of Docker's config.json that counts here. */
interface Config {
  readonly currentContext?: string;
}

/** Context that stands for DOCKER_HOST or Docker's usual sockets; it has no file. */
const DEFAULT = "default";

/**
 * Finds Docker the way its own command line does: by DOCKER_HOST, else by the context that
 * DOCKER_CONTEXT names, else by the one of `docker context use`.
 * @throws Error in one sentence: that context is not there, or names no Docker
 */
export function dockerEndpoint(env: NodeJS.ProcessEnv = process.env): Endpoint {
  if (env["DOCKER_HOST"]) return { host: env["DOCKER_HOST"] };
  const folder = env["DOCKER_CONFIG"] || join(homedir(), ".docker");
  const { name, from, remedy } = chosen(folder, env);
  if (name === DEFAULT) return {};
  const id = createHash("sha256").update(name).digest("hex");
  const file = join(folder, "contexts/meta", id, "meta.json");
  if (!existsSync(file)) {
    throw new Error(
      `${from} names Docker's context "${name}", which is not there — it may be ${contexts(folder).join(", ")} — ${remedy}`,
    );
  }
  const host = (json(file) as Meta).Endpoints?.docker?.Host;
  if (!host) {
    throw new Error(
      `Docker's context "${name}" names no Docker — it may be ${contexts(folder).join(", ")} — ${remedy}`,
    );
  }
  const certPath = join(folder, "contexts/tls", id, "docker");
  return { host, context: name, ...(existsSync(certPath) && { certPath }) };
}

/** Shell command after which DOCKER_HOST names a context's Docker. */
export function exportOf(endpoint: Endpoint): string {
  const assigned = Object.entries(variables(endpoint)).map(
    ([name, value]) => `${name}=${/[^\w/.:@+-]/.test(value) ? `'${value}'` : value}`,
  );
  return `export ${assigned.join(" ")}`;
}

/** Variables that name a context's Docker to programs that know no contexts. */
export function variables({ host, certPath }: Endpoint): Readonly<Record<string, string>> {
  return {
    ...(host !== undefined && { DOCKER_HOST: host }),
    ...(certPath !== undefined && { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: certPath }),
  };
}

interface Choice {
  readonly name: string;
  /** Variable or file that made the choice. */
  readonly from: string;
  /** Command that takes the choice back. */
  readonly remedy: string;
}

function chosen(folder: string, env: NodeJS.ProcessEnv): Choice {
  const variable = env["DOCKER_CONTEXT"];
  if (variable) return { name: variable, from: "DOCKER_CONTEXT", remedy: "unset DOCKER_CONTEXT" };
  const from = join(folder, "config.json");
  const name = existsSync(from) ? (json(from) as Config).currentContext : "";
  return { name: name || DEFAULT, from, remedy: `docker context use ${DEFAULT}` };
}

/** Names of all contexts. */
function contexts(folder: string): string[] {
  const store = join(folder, "contexts/meta");
  const ids = existsSync(store) ? readdirSync(store) : [];
  const names = ids.map((id) => (json(join(store, id, "meta.json")) as Meta).Name ?? id);
  return [DEFAULT, ...names.sort()];
}

function json(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch (error) {
    throw new Error(
      `${file} cannot be read (${(error as Error).message}) — Docker's own command line writes it — correct it, or remove it`,
    );
  }
}
