import { realpath } from "node:fs/promises";

import { DockerApi } from "./dockerApi.ts";
import { dockerEndpoint, type Endpoint, exportOf } from "./endpoint.ts";

/** First release of Docker in whose containerd store the plugin can build (pulumi-docker#967). */
const STORE_BUILDS = [27, 5] as const;

/** Whether Docker can be asked here: one behind ssh:// or a pipe of Windows is not. */
export function isAsked(env: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== "win32" && env["DOCKER_HOST"]?.startsWith("ssh://") !== true;
}

/**
 * Finds out why no image can be built by the Docker that Pulumi's docker plugin takes; undefined
 * when nothing is known against it. A Docker behind ssh:// or a pipe of Windows is not asked.
 * @returns one sentence: the fault — what is allowed — the remedy
 */
export async function dockerFault(
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  if (!isAsked(env)) return undefined;
  try {
    const endpoint = dockerEndpoint(env);
    if (endpoint.context === undefined) return await storeFault(await DockerApi.connect({}, env));
    // The plugin takes no context, but may find the context's socket among the usual ones.
    const found = await DockerApi.connect({}, env).catch(() => undefined);
    if (found === undefined || !(await same(found.host, endpoint.host))) return unseen(endpoint);
    return await storeFault(found);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether two addresses are one socket: Docker Desktop links its own to the usual place. */
async function same(one: string, other = ""): Promise<boolean> {
  const [a, b] = await Promise.all(
    [one, other].map((host) => realpath(host.replace(/^unix:\/\//, "")).catch(() => host)),
  );
  return a === b;
}

function unseen(endpoint: Endpoint): string {
  return `Docker's context is "${endpoint.context ?? ""}" (${endpoint.host ?? ""}), and Pulumi's docker plugin takes no context — it takes the Docker that DOCKER_HOST names, or the one at Docker's usual sockets — ${exportOf(endpoint)}`;
}

/** The parts of Docker's `/version` and `/info` in use. */
interface Version {
  readonly Version?: string;
}
interface Info {
  readonly DriverStatus?: readonly (readonly string[])[] | null;
}

/** An answer of Docker; nothing from one that is too busy: it may still build. */
function ask(docker: DockerApi, path: string): Promise<unknown> {
  return docker.json(path, { signal: AbortSignal.timeout(5000) }).catch(() => ({}));
}

/** Whether Docker keeps images in containerd's store, where they have other ids. */
export async function hasContainerdStore(docker: DockerApi): Promise<boolean> {
  const { DriverStatus: status } = (await ask(docker, "/info")) as Info;
  return (status ?? []).flat().includes("io.containerd.snapshotter.v1");
}

async function storeFault(docker: DockerApi): Promise<string | undefined> {
  const [{ Version: version = "" }, containerd] = await Promise.all([
    ask(docker, "/version") as Promise<Version>,
    hasContainerdStore(docker),
  ]);
  const [, major = "", minor = ""] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  const [a, b] = STORE_BUILDS;
  const old = Number(major) < a || (Number(major) === a && Number(minor) < b);
  if (!containerd || major === "" || !old) return undefined;
  return `Docker ${version} at ${docker.host} keeps images in containerd's store, where Pulumi's docker plugin cannot build — it can from Docker ${a}.${b} on — upgrade Docker, or switch that store off: "Use containerd for pulling and storing images" in Docker Desktop's settings, {"features": {"containerd-snapshotter": false}} in daemon.json`;
}
