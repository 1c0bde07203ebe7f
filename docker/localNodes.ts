import { access, constants, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { clusterByNames, containerCluster, REGISTRY, type Node } from "./containerCluster.ts";
import { DockerApi } from "./dockerApi.ts";
import { isAsked } from "./fault.ts";

const PAGES: Readonly<Record<string, string>> = {
  kind: "https://kind.sigs.k8s.io",
  k3d: "https://k3d.io",
};

/**
 * Finds out why the image of this machine's Docker cannot get to the nodes of a cluster; undefined
 * when nothing is known against it.
 * @param kind kind of cluster that the stack is set to
 * @returns one sentence: the fault — what is allowed — the remedy
 */
export async function nodesFault(
  kind: "kind" | "k3d" | "docker-desktop" | "containerd",
  nodes: readonly Node[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  try {
    if (kind === "containerd") return await machineFault(nodes, env);
    const docker = isAsked(env) ? await DockerApi.connect({}, env) : undefined;
    if (kind === "docker-desktop" && sharesDocker(nodes)) return await engineFault(docker, nodes);
    const { maker } =
      docker === undefined
        ? clusterByNames(kind, nodes)
        : await containerCluster(kind, docker, nodes);
    return (await has(maker, env)) ? undefined : lacking(maker, kind);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether the nodes' containers are Docker's own, and so are their images. */
export function sharesDocker(nodes: readonly Node[]): boolean {
  return nodes.length > 0 && nodes.every(({ runtime }) => runtime.startsWith("docker://"));
}

function lacking(program: string, kind: string): string {
  const page = PAGES[program];
  const remedy = page === undefined ? "install containerd's ctr" : `install it: ${page}`;
  return `\`${program}\` is not on PATH — cluster ${kind} has its image loaded by it — ${remedy}; or ${REGISTRY}`;
}

/** Compares the Docker that builds with that of the nodes. */
async function engineFault(
  docker: DockerApi | undefined,
  nodes: readonly Node[],
): Promise<string | undefined> {
  if (docker === undefined) return undefined;
  const signal = AbortSignal.timeout(5000);
  const { ServerVersion: version = "", KernelVersion: kernel = "" } = (await docker.json("/info", {
    signal,
  })) as { ServerVersion?: string; KernelVersion?: string };
  const own = `docker://${version}`;
  const node = nodes.find((one) => one.runtime !== own || one.kernel !== kernel);
  if (node === undefined) return undefined;
  return `node ${node.name} runs on ${node.runtime} (kernel ${node.kernel}), and the Docker at ${docker.host} is ${own} (kernel ${kernel}) — cluster docker-desktop shares the images of the Docker that builds — name that Docker: export DOCKER_HOST=<address>; or ${REGISTRY}`;
}

/** Program by which this machine's containerd takes images: k3s has its own. */
export async function containerdProgram(
  nodes: readonly Node[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  const isK3s = nodes.some(({ runtime }) => runtime.includes("k3s"));
  return isK3s && (await has("k3s", env)) ? ["k3s", "ctr"] : ["ctr"];
}

async function machineFault(
  nodes: readonly Node[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const [node, ...more] = nodes;
  const here = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  if (node === undefined || more.length > 0 || node.bootId !== here.trim()) {
    const names = nodes.map(({ name }) => name).join(", ") || "none";
    return `the cluster's nodes are ${names} — cluster containerd has one node, which is this machine — set the kind that it has, or ${REGISTRY}`;
  }
  if (!node.runtime.startsWith("containerd://")) {
    return `node ${node.name} runs on ${node.runtime} — cluster containerd runs on containerd — set the kind that it has, or ${REGISTRY}`;
  }
  const [program = ""] = await containerdProgram(nodes, env);
  return (await has(program, env)) ? undefined : lacking(program, "containerd");
}

/** Whether a program is on the PATH. */
async function has(program: string, { PATH = "" }: NodeJS.ProcessEnv): Promise<boolean> {
  const suffixes = process.platform === "win32" ? [".exe", ".cmd"] : [""];
  const files = PATH.split(delimiter).flatMap((folder) =>
    suffixes.map((suffix) => join(folder, program + suffix)),
  );
  const found = await Promise.all(
    files.map((file) =>
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
