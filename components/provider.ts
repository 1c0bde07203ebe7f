import * as k8s from "@pulumi/kubernetes";
import type { ClusterFacts } from "../kube/clusterFacts.ts";
import type { StackState } from "./stackState.ts";

/** The provider of all Kubernetes objects, for one context of the user's kubeconfig. */
export function clusterProvider(
  context: string,
  { id }: ClusterFacts,
  { objects }: StackState,
): k8s.Provider {
  return new k8s.Provider(
    "cluster",
    {
      context,
      // Not undefined: the SDK would store $KUBECONFIG, a path that another machine does not have.
      kubeconfig: "",
      clusterIdentifier: id || context,
    },
    // Another identifier makes the provider replace all objects, and delete the new ones where the
    // old ones had their names. The objects' own UIDs decide whether it is the same cluster.
    { ignoreChanges: objects.length > 0 ? ["clusterIdentifier"] : [] },
  );
}
