import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Login at a registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface DockerConfig {
  readonly auths?: Readonly<Record<string, { auth?: string }>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** Key under which Docker keeps the credentials for Docker Hub. */
const HUB = "https://index.docker.io/v1/";

/** Key of the registry in an image's name; Docker Hub's when it names none. */
export function registryOf(imageName: string): string {
  const [first = "", ...rest] = imageName.split("/");
  if (rest.length === 0 || !(/[.:]/.test(first) || first === "localhost")) return HUB;
  return serverKey(first);
}

/** Key of a registry's address in Docker's config file. */
export function serverKey(server: string): string {
  const host = server.replace(/^https?:\/\//, "").split("/")[0] ?? "";
  return ["docker.io", "index.docker.io", "registry-1.docker.io"].includes(host) ? HUB : host;
}

/** Credentials that `docker login` has stored for a registry; undefined when there are none. */
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

/** Asks one of Docker's credential helpers by stdin and stdout; a helper that has no entry exits with an error. */
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

/** Value of the header `X-Registry-Auth`; an empty object stands for no credentials. */
export function authHeader(server: string, credentials: Credentials | undefined): string {
  const value = credentials ? { ...credentials, serveraddress: server } : {};
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
