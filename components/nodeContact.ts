import * as pulumi from "@pulumi/pulumi";
import { dockerFault } from "../docker/fault.ts";
import { nodesFault } from "../docker/localNodes.ts";
import type { KubernetesApi } from "../kube/clusterFacts.ts";
import { clusterNodes, minikubeFault, NODES, type NodeList } from "../kube/nodes.ts";
import type { Delivery } from "../settings/rules.ts";

/**
 * Finds out whether the image can get to the nodes of a local cluster, before it is built. A preview
 * only warns. A cluster that does not show its nodes is not judged, nor is one without a Docker:
 * that has been told.
 * @param update whether this is an update, and not a preview
 * @throws pulumi.RunError when the update must not begin; nothing was changed then
 */
export async function meetNodes(
  delivery: Delivery,
  api: KubernetesApi,
  update: boolean,
): Promise<void> {
  const fault = await faultOf(delivery, () => api.get<NodeList>(NODES));
  if (fault === undefined) return;
  const sentence = `the image cannot be loaded: ${fault}`;
  if (update) throw new pulumi.RunError(sentence);
  await pulumi.log.warn(sentence);
}

async function faultOf(
  delivery: Delivery,
  nodes: () => Promise<NodeList | null | undefined>,
): Promise<string | undefined> {
  if (delivery.by === "minikube") return minikubeFault(delivery.profile, (await nodes()) ?? {});
  if (delivery.by !== "nodes" || (await dockerFault()) !== undefined) return undefined;
  const list = await nodes();
  return list ? nodesFault(delivery.cluster, clusterNodes(list)) : undefined;
}
