import { inject } from "vitest";

import { Checkout, type ClusterPlace } from "./checkout.ts";
import { sharedCluster, startSharedCluster } from "./sharedCluster.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of the cluster that end-to-end tests share. */
    sharedCluster: string;
  }
}

/** Makes a checkout on the shared cluster, which the first user starts; its stack `local` uses this namespace. */
export async function sharedCheckout(namespace: string): Promise<Checkout> {
  return Checkout.on(await started(), namespace);
}

/** Has the embedded Docker engine run until all tests have ended: it lives as long as the shared cluster. */
export async function startDocker(): Promise<void> {
  await started();
}

async function started(): Promise<ClusterPlace> {
  const cluster = sharedCluster(inject("sharedCluster"));
  await startSharedCluster(cluster);
  return cluster;
}
