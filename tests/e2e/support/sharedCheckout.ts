import { inject } from "vitest";

import { Checkout, type ClusterPlace } from "../../../dev/checkout.ts";
import { sharedCluster, startSharedCluster } from "./sharedCluster.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of the cluster that end-to-end tests share. */
    sharedCluster: string;
  }
}

/** Makes a checkout on the shared cluster, and starts that if need be; its stack `local` uses this namespace. */
export async function sharedCheckout(namespace: string): Promise<Checkout> {
  return Checkout.on(await started(), namespace);
}

/** Starts the embedded Docker engine, which then runs until all tests have ended, as the shared cluster does. */
export async function startDocker(): Promise<void> {
  await started();
}

async function started(): Promise<ClusterPlace> {
  const cluster = sharedCluster(inject("sharedCluster"));
  await startSharedCluster(cluster);
  return cluster;
}
