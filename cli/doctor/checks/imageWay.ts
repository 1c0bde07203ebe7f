import { nodesFault } from "../../../docker/localNodes.ts";
import { clusterNodes, minikubeFault, NODES, type NodeList } from "../../../kube/nodes.ts";
import type { ClusterCheck } from "../check.ts";
import { faultBy, ok } from "../finding.ts";
import { clusterKind, setting } from "../patient.ts";

/** Checks that an image that is built here gets to the nodes of a local cluster. */
export const imageWay: ClusterCheck = {
  name: "way of the image",
  run: async (patient) => {
    const kind = clusterKind(patient);
    if (setting(patient, "image") !== undefined) return ok("the nodes pull a ready image");
    if (kind === "remote") return ok("the nodes pull the image from a registry");
    const { object } = await patient.cluster.get<NodeList>(NODES, 4.5);
    const nodes = clusterNodes(object);
    const fault =
      kind === "minikube"
        ? minikubeFault(patient.cluster.context, object)
        : await nodesFault(kind, nodes);
    if (fault !== undefined) return faultBy(`the image cannot be loaded: ${fault}`);
    if (kind === "minikube") return ok("minikube loads the image into its nodes");
    const count = nodes.length === 1 ? "1 node" : `${nodes.length} nodes`;
    return ok(`the image gets from Docker here to ${count} of cluster ${kind}`);
  },
};
