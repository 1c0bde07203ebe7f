import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Who we are at a registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, { auth?: string }>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** Docker Hub, by the key under which Docker itself keeps its credentials. */
const hub = "https://index.docker.io/v1/";

/** The registry that an image's name stands for; Docker Hub when it has none. */
export function registryOf(imageName: string): string {
  const [first = "", ...rest] = imageName.split("/");
  if (rest.length === 0 || !(/[.:]/.test(first) || first === "localhost")) return hub;
  return serverKey(first);
}

/** A registry's address as Docker's own config file writes it. */
export function serverKey(server: string): string {
  const host = server.replace(/^https?:\/\//, "").split("/")[0] ?? "";
  return ["docker.io", "index.docker.io", "registry-1.docker.io"].includes(host) ? hub : host;
}

/** The credentials `docker login` has left for a registry; `undefined` when it is used without any. */
export async function storedCredentials(
  server: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Credentials | undefined> {
  const folder = env["DOCKER_CONFIG"] ?? join(homedir(), ".docker");
  const text = await readFile(join(folder, "config.json"), "utf8").catch(() => "{}");
  const config = JSON.parse(text) as DockerConfig;
  const helper = config.credHelpers?.[server] ?? config.credsStore;
  if (helper !== undefined && helper !== "") {
    const found = await askHelper(`docker-credential-${helper}`, server);
    if (found) return found;
  }
  const [, entry] =
    Object.entries(config.auths ?? {}).find(
      ([key]) => key === server || serverKey(key) === server,
    ) ?? [];
  const plain = Buffer.from(entry?.auth ?? "", "base64").toString("utf8");
  const colon = plain.indexOf(":");
  return colon > 0
    ? { username: plain.slice(0, colon), password: plain.slice(colon + 1) }
    : undefined;
}

/** Docker's credential helpers speak by stdin and stdout; one that knows nothing ends with an error. */
function askHelper(program: string, server: string): Promise<Credentials | undefined> {
  return new Promise((resolve) => {
    const child = execFile(program, ["get"], { timeout: 10_000 }, (error, stdout) => {
      if (error) {
        resolve(undefined);
        return;
      }
      const { Username, Secret } = JSON.parse(stdout) as { Username: string; Secret: string };
      resolve({ username: Username, password: Secret });
    });
    child.stdin?.on("error", () => undefined).end(server);
  });
}

/** Credentials as the engine's `X-Registry-Auth` header takes them; without any it wants an empty object. */
export function authHeader(server: string, credentials: Credentials | undefined): string {
  const value = credentials ? { ...credentials, serveraddress: server } : {};
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
