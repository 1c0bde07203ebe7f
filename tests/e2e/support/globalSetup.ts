import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

import type { TestProject } from "vitest/node";

import { machineLock } from "./machineLock.ts";
import { removeSharedCluster, sharedCluster } from "./sharedCluster.ts";

const HOUR = 3600;

/**
 * Lets one run of end-to-end tests at a time go on this machine, as their clusters' names and
 * addresses are fixed. Removes the shared cluster that a killed run left, and this run's at its end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const unlock = await machineLock("kubeflower-e2e-run", HOUR);
  const folder = join(tmpdir(), `kubeflower-e2e-${String(userInfo().uid)}`);
  await removeSharedCluster(sharedCluster(folder));
  project.provide("sharedCluster", folder);
  return async () => {
    await removeSharedCluster(sharedCluster(folder));
    await unlock();
  };
}
