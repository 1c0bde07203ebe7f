import { afterAll, beforeAll } from "vitest";

import type { Checkout } from "../../../dev/checkout.ts";
import { CLASS, PODS } from "./support/changes.ts";
import { KeptStack, secondClass } from "./support/keptStack.ts";
import { walk } from "./support/walk.ts";

const MINUTE = 60_000;
let kept: KeptStack;

beforeAll(async () => {
  kept = await KeptStack.make("kept-pods");
  await prepareCluster(kept.checkout);
}, 45 * MINUTE);

afterAll(async () => {
  await kept.checkout.kubectl("delete", "storageclass,priorityclass", CLASS, "--wait=false");
  await kept.checkout.remove();
}, 5 * MINUTE);

/** Gives the cluster a second StorageClass, a PriorityClass and GPUs, which the changes name. */
async function prepareCluster(checkout: Checkout): Promise<void> {
  await checkout.apply(await secondClass(checkout, CLASS), {
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name: CLASS },
    value: 1000,
  });
  const gpus = JSON.stringify({
    status: { capacity: { "nvidia.com/gpu": "2" }, allocatable: { "nvidia.com/gpu": "2" } },
  });
  const node = await checkout.kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
  await checkout.kubectl("patch", "node", node, "--subresource=status", "--type=merge", "-p", gpus);
}

walk(PODS, () => kept);
