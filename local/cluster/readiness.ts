import type { KubeClient } from "../../kube/client.ts";
import { nodeName } from "./credentials.ts";

/** Seconds that the API server has for an answer. */
export const PATIENCE = 2;

interface Node {
  readonly metadata: { readonly name: string };
  readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
}

interface Pod {
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      readonly state: { readonly running?: { readonly startedAt: string } };
    }[];
  };
}

/** Whether each node is ready, by its name. */
export async function nodesReady(api: KubeClient): Promise<Map<string, boolean>> {
  const nodes = await list<Node>(api, "/api/v1/nodes");
  return new Map(nodes.map((node) => [node.metadata.name, isReady(node)]));
}

/**
 * Checks that all nodes are ready.
 *
 * @param count number of nodes
 * @param started nodes that were started now: after a restart the API still reports them ready from before
 * @param since when they were started; only a living kubelet renews its lease after that
 * @throws when one is not
 */
export async function checkNodes(
  api: KubeClient,
  count: number,
  started: readonly number[],
  since: Date,
): Promise<void> {
  const ready = [...(await nodesReady(api)).values()].filter(Boolean);
  if (ready.length < count) throw new Error("not all are ready");
  for (const i of started) {
    const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${nodeName(i)}`;
    const { object } = await api.get<{ spec: { renewTime: string } }>(path, PATIENCE);
    if (new Date(object.spec.renewTime) < since) {
      throw new Error(`${nodeName(i)} has not come back`);
    }
  }
}

/**
 * Checks that DNS answers.
 *
 * @param since start of a restart: older containers do not count, as the API still reports them ready. @default any time
 * @throws when no pod is ready
 */
export async function checkDns(api: KubeClient, since?: Date): Promise<void> {
  const path = "/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns";
  const pods = await list<Pod>(api, path);
  // The API gives whole seconds.
  const from = Math.floor((since?.getTime() ?? 0) / 1000) * 1000;
  const ready = pods
    .flatMap(({ status }) => status.containerStatuses ?? [])
    .some(({ ready, state }) => ready && Date.parse(state.running?.startedAt ?? "") >= from);
  if (!ready) throw new Error("CoreDNS has no ready pod");
}

async function list<T>(api: KubeClient, path: string): Promise<readonly T[]> {
  return (await api.get<{ items: readonly T[] }>(path, PATIENCE)).object.items;
}

function isReady({ status }: Node): boolean {
  return (status.conditions ?? []).some((c) => c.type === "Ready" && c.status === "True");
}
