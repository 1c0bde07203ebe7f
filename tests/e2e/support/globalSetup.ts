import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

import type { TestProject } from "vitest/node";

import { machineLock } from "./machineLock.ts";
import { removeSharedCluster, sharedCluster } from "./sharedCluster.ts";

const HOUR = 3600;

/**
 * Waits until no other run of end-to-end tests goes on on this machine: the clusters' names and
 * addresses are fixed. Removes the shared cluster of a killed run, and at the end this run's.
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
