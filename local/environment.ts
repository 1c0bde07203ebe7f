import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { dockerEndpoint, variables as dockerVariables } from "../docker/endpoint.ts";
import { ALL_NODES } from "./cluster/addressPlan.ts";
import { command } from "./tools/command.ts";
import { DockerEngine } from "./machine/dockerEngine.ts";
import { cache, project, state } from "./tools/folders.ts";
import { install } from "./plugins/install.ts";
import {
  baseImagePart,
  CLUSTER_TOOLS,
  nodeRootPart,
  type ProgramName,
  toolParts,
} from "./parts.ts";
import { prepare } from "./tools/preparation.ts";
import { tool } from "./tools/tools.ts";

/** Oldest accepted versions of a user's tools: major, minor. */
const PULUMI = [3, 217] as const;
const KUBECTL = [1, 33] as const;
const DOCKER = [20, 10] as const;

/** Folder with the checkout's own program, a symbolic link: `kubeflower`. */
export const PROGRAMS = join(project, "local/bin");

/** The tools in use: the user's where they are new enough, otherwise the built ones. */
export interface Environment {
  /** Variables with which `pulumi`, `kubectl` and `docker` use the embedded cluster. */
  readonly variables: Readonly<Record<string, string>>;
  /** Folders to put first on PATH. */
  readonly path: readonly string[];
  /** The project's Docker engine; undefined when the user has Docker. */
  readonly engine: DockerEngine | undefined;
}

/**
 * Finds out which tools are the user's and makes those that are missing.
 *
 * @param forUp whether what the cluster needs is made as well, at the same time. @default false
 */
export async function environment({ forUp = false } = {}): Promise<Environment> {
  const path: string[] = [PROGRAMS];
  const variables: Record<string, string> = {};
  const [hasPulumi, hasKubectl, engine] = await Promise.all([
    atLeast(PULUMI, "pulumi", ["version"]),
    atLeast(KUBECTL, "kubectl", ["version", "--client"]),
    ownDocker(),
  ]);
  const wanted: ProgramName[] = forUp ? [...CLUSTER_TOOLS] : [];
  if (!hasPulumi) wanted.push("pulumi", "pulumi-resource-kubernetes");
  if (!hasKubectl) wanted.push("kube");
  const parts = toolParts(wanted);
  if (forUp) parts.push(nodeRootPart);
  if (forUp && engine) parts.push(baseImagePart);
  await prepare(parts);
  if (!hasPulumi) {
    path.push(await tool("pulumi"));
    const home = process.env.PULUMI_HOME ?? join(state, "pulumi");
    variables.PULUMI_HOME = home;
    await install(home, await tool("pulumi-resource-kubernetes"));
  }
  const loggedIn =
    process.env.PULUMI_BACKEND_URL ??
    process.env.PULUMI_ACCESS_TOKEN ??
    (hasPulumi ? await command("pulumi", ["whoami"]).catch(() => undefined) : undefined);
  if (loggedIn === undefined) {
    const backend = join(state, "stacks");
    await mkdir(backend, { recursive: true });
    variables.PULUMI_BACKEND_URL = `file://${backend}`;
  }
  const { PULUMI_CONFIG_PASSPHRASE: phrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
  if (phrase === undefined && file === undefined) {
    variables.PULUMI_CONFIG_PASSPHRASE_FILE = await passphrase();
  }
  if (!hasKubectl) path.push(await tool("kube"));
  Object.assign(variables, withoutProxy(process.env));
  // Pulumi's docker plugin takes no context.
  if (engine === undefined) Object.assign(variables, dockerVariables(dockerEndpoint()));
  else variables.DOCKER_HOST = engine.host;
  return { variables, path, engine };
}

/** Where the environment names a proxy: the embedded cluster is reached without it. */
function withoutProxy(env: NodeJS.ProcessEnv): Record<string, string> {
  if (!env.HTTPS_PROXY && !env.https_proxy) return {};
  // Some programs read the one name first, some the other.
  const all = [env.NO_PROXY ?? env.no_proxy, ALL_NODES].filter(Boolean).join(",");
  return { NO_PROXY: all, no_proxy: all };
}

/** The project's Docker engine; undefined when the user has a new enough Docker. */
export async function ownDocker(): Promise<DockerEngine | undefined> {
  const docker = ["version", "--format", "{{.Server.Version}}"];
  const own = new DockerEngine();
  const theirs = process.env.DOCKER_HOST !== own.host && (await atLeast(DOCKER, "docker", docker));
  return theirs ? undefined : own;
}

/** `export` lines for a POSIX shell. */
export function exports({ variables, path }: Environment): string {
  const lines = Object.entries(variables).map(
    ([name, value]) => `export ${name}=${quoted(value)}\n`,
  );
  if (path.length > 0) lines.push(`export PATH=${quoted(path.join(delimiter))}:"$PATH"\n`);
  return lines.join("");
}

/** The environment of this process with the tools in use. */
export function processEnvironment({ variables, path }: Environment): NodeJS.ProcessEnv {
  const PATH = [...path, process.env.PATH ?? ""].join(delimiter);
  return { ...process.env, ...variables, PATH };
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Whether the user's PATH, without the project's folders, has this program at this version or later. */
async function atLeast(
  wanted: readonly [number, number],
  program: string,
  args: readonly string[],
): Promise<boolean> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const PATH = folders.filter((folder) => !folder.startsWith(cache)).join(delimiter);
  const output = await command(program, args, { seconds: 20, env: { PATH } }).catch(() => "");
  const [, major = "0", minor = "0"] = /v?(\d+)\.(\d+)/.exec(output) ?? [];
  const [a, b] = wanted;
  return Number(major) > a || (Number(major) === a && Number(minor) >= b);
}

/** File with the passphrase of the stacks' secrets; it is made once for this user. */
async function passphrase(): Promise<string> {
  const file = join(state, "passphrase");
  if (!existsSync(file)) {
    await mkdir(state, { recursive: true });
    await writeFile(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
  }
  return file;
}
