import type { ClusterNode } from "../contract/clusterKind.ts";

/** Path of all nodes. */
export const NODES = "/api/v1/nodes?limit=500";

/** Nodes as the API server lists them. */
export interface NodeList {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
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
