import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { command } from "../../../local/tools/command.ts";
import { DockerEngine } from "../../../local/machine/dockerEngine.ts";
import { clusterEnvironment, type ClusterPlace } from "../../../dev/checkout.ts";
import { machineLock } from "./machineLock.ts";

const SECONDS = 20 * 60;

/** Describes the shared cluster, whose files are in this folder. */
export function sharedCluster(folder: string): ClusterPlace {
  return { name: "e2e", index: 20, folder };
}

/** Ends the shared cluster if it exists, and removes its folder. */
export async function removeSharedCluster(cluster: ClusterPlace): Promise<void> {
  if (existsSync(cluster.folder)) await runClusterCommand(cluster, "down");
  await rm(cluster.folder, { recursive: true, force: true });
}

/** Starts the shared cluster and the Docker engine unless they run; concurrent callers wait for the first. */
export async function startSharedCluster(cluster: ClusterPlace): Promise<void> {
  const unlock = await machineLock("kubeflower-e2e-start", SECONDS);
  try {
    const ready = join(cluster.folder, "ready");
    if (existsSync(ready)) return;
    await mkdir(cluster.folder, { recursive: true });
    await runClusterCommand(cluster, "up");
    // The engine ends with the last cluster of this machine, so it now stays for all tests.
    await new DockerEngine().up();
    await writeFile(ready, "");
  } finally {
    await unlock();
  }
}

async function runClusterCommand(cluster: ClusterPlace, verb: "up" | "down"): Promise<void> {
  const program = resolve(import.meta.dirname, "../../../local/run.mjs");
  const env = { ...process.env, ...clusterEnvironment(cluster) };
  await command(process.execPath, [program, "cluster", verb], { env, seconds: SECONDS });
}
