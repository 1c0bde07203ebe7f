import { findContainer } from "./containers.ts";
import type { DockerApi } from "./dockerApi.ts";

/** A node of the cluster, as Kubernetes describes it. */
export interface Node {
  readonly name: string;
  readonly runtime: string;
  readonly kernel: string;
  readonly bootId: string;
}

/** Program that makes clusters of containers. */
export type Maker = "kind" | "k3d";

/** Containers that are a cluster's nodes. */
export interface ContainerCluster {
  readonly maker: Maker;
  /** Name of the cluster, as its maker knows it. */
  readonly name: string;
}

const LABELS: Readonly<Record<Maker, string>> = {
  kind: "io.x-k8s.kind.cluster",
  k3d: "k3d.cluster",
};
/** Remedy that needs nothing of the nodes. */
export const REGISTRY = "pulumi config set cluster remote, with a registry";

/**
 * Finds the containers that are a cluster's nodes, by their names and labels.
 * @throws Error in one sentence when a node is none, or does not run
 */
export async function containerCluster(
  kind: "kind" | "k3d" | "docker-desktop",
  docker: DockerApi,
  nodes: readonly Node[],
): Promise<ContainerCluster> {
  const maker = kind === "k3d" ? "k3d" : "kind";
  const names = await Promise.all(
    nodes.map(async (node) => {
      const container = await findContainer(docker, node.name);
      if (container === undefined) throw new Error(absent(kind, docker, node));
      if (!container.running) {
        throw new Error(
          `node ${node.name} is a stopped container — the image must get to each node — docker start ${node.name}`,
        );
      }
      const name = container.labels[LABELS[maker]];
      if (name === undefined) throw new Error(other(kind, node, container.labels));
      return name;
    }),
  );
  const [name] = names;
  if (name === undefined) {
    throw new Error(`the cluster has no nodes — the image must get to one — start its nodes`);
  }
  return { maker, name };
}

/** Names of nodes as their makers give them. */
const NODE_NAMES: Readonly<Record<Maker, RegExp>> = {
  kind: /^(.+)-control-plane\d*$/,
  k3d: /^k3d-(.+)-server-\d+$/,
};

/**
 * Reads a cluster's name from its nodes' names, where Docker cannot be asked for their containers.
 * @throws Error in one sentence when no node has such a name
 */
export function clusterByNames(
  kind: "kind" | "k3d" | "docker-desktop",
  nodes: readonly Node[],
): ContainerCluster {
  const maker = kind === "k3d" ? "k3d" : "kind";
  const [name] = nodes.flatMap((node) => NODE_NAMES[maker].exec(node.name)?.slice(1) ?? []);
  if (name !== undefined) return { maker, name };
  const names = nodes.map((node) => node.name).join(", ") || "none";
  throw new Error(
    `the cluster's nodes are ${names} — ${maker} names its nodes by their cluster — set the kind that it has, or ${REGISTRY}`,
  );
}

function absent(kind: string, { host }: DockerApi, { name, runtime }: Node): string {
  if (kind !== "docker-desktop") {
    return `node ${name} is no container of the Docker at ${host} — cluster ${kind} runs in the Docker that builds the image — name the Docker that ${kind} took: export DOCKER_HOST=<address>; or ${REGISTRY}`;
  }
  return `node ${name} runs on ${runtime || "another runtime"}, and not on the Docker at ${host} — cluster docker-desktop shares the images of the Docker that builds — choose kubeadm in Docker Desktop's settings, or dockerd (moby) in Rancher Desktop's; or ${REGISTRY}`;
}

function other(kind: string, { name }: Node, labels: Readonly<Record<string, string>>): string {
  const made = (Object.keys(LABELS) as Maker[]).find((one) => labels[LABELS[one]] !== undefined);
  const remedy = made === undefined ? REGISTRY : `pulumi config set cluster ${made}`;
  return `the container ${name} is no node that ${kind} has made — cluster ${kind} is made by ${kind} — ${remedy}`;
}
