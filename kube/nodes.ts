import type { ClusterNode } from "../contract/clusterKind.ts";

/** Path of all nodes. */
export const NODES = "/api/v1/nodes?limit=500";

/** Nodes as the API server lists them. */
export interface NodeList {
  readonly items?: readonly {
    readonly metadata?: {
      readonly name?: string;
      readonly labels?: Readonly<Record<string, string>>;
    };
    readonly status?: {
      readonly nodeInfo?: {
        readonly containerRuntimeVersion?: string;
        readonly kernelVersion?: string;
        readonly bootID?: string;
      };
    };
  }[];
}

/** The nodes of a list. */
export function clusterNodes({ items = [] }: NodeList): ClusterNode[] {
  return items.map(({ metadata, status }) => ({
    name: metadata?.name ?? "",
    runtime: status?.nodeInfo?.containerRuntimeVersion ?? "",
    kernel: status?.nodeInfo?.kernelVersion ?? "",
    bootId: status?.nodeInfo?.bootID ?? "",
  }));
}

/** Label that each minikube gives its nodes. */
const MINIKUBE = "minikube.k8s.io/name";

/**
 * Finds out why a cluster is no minikube; undefined when it is one, or shows no nodes.
 * @param context context of the cluster
 * @returns one sentence: the fault — what is allowed — the remedy
 */
export function minikubeFault(context: string, { items = [] }: NodeList): string | undefined {
  if (items.length === 0 || items.some(({ metadata }) => metadata?.labels?.[MINIKUBE])) {
    return undefined;
  }
  const names = items.slice(0, 3).map(({ metadata }) => metadata?.name ?? "");
  const more = items.length > names.length ? ` and ${items.length - names.length} more` : "";
  return `the cluster of context ${context} is no minikube (its nodes are ${names.join(", ")}${more}) — cluster is minikube unless it is set, or the context is named as another kind's — pulumi config set cluster remote, with registry or image, or take minikube's context: pulumi config set context <name>`;
}
