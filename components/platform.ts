import type { KubernetesApi } from "../kube/clusterFacts.ts";

/** Platform of the image that is built, and what follows for the pods. */
export interface Platform {
  /** `linux/amd64` or `linux/arm64`. */
  readonly name: string;
  /** Labels of the nodes that can run the image; undefined when all nodes can. */
  readonly nodes?: Readonly<Record<string, string>>;
  /** Sentence about nodes that cannot run the image; undefined when there are none. */
  readonly warning?: string;
  /** Container runtime of the nodes, such as `containerd`; undefined when the cluster does not say. */
  readonly runtime?: string | undefined;
}

/** A node as far as the image is concerned. */
interface Node {
  readonly spec?: { readonly taints?: readonly Taint[] };
  readonly status?: {
    readonly nodeInfo?: {
      readonly architecture?: string;
      readonly operatingSystem?: string;
      readonly containerRuntimeVersion?: string;
    };
  };
}

interface Taint {
  readonly key: string;
  readonly effect: string;
}

const LABEL = "kubernetes.io/arch";

/** Architectures that an image can be built for; the first one wins where nodes have both. */
const BUILT = ["amd64", "arm64"];

/**
 * Chooses the image's platform: the wanted one, or that of the cluster's nodes, or this machine's
 * when the cluster does not say.
 */
export async function choosePlatform(
  wanted: string | undefined,
  api: KubernetesApi,
): Promise<Platform> {
  const list = await api.get<{ items?: Node[] }>("/api/v1/nodes?limit=500");
  const nodes = (list?.items ?? []).filter(runsPods);
  const runtime = nodes[0]?.status?.nodeInfo?.containerRuntimeVersion?.split(":")[0];
  return { ...platformFor(wanted, architectures(nodes)), runtime };
}

/** Whether pods of this stack can come to a node at all. */
function runsPods({ spec, status }: Node): boolean {
  const bars = ({ key, effect }: Taint): boolean =>
    key === "node-role.kubernetes.io/control-plane" && effect !== "PreferNoSchedule";
  return status?.nodeInfo?.operatingSystem !== "windows" && spec?.taints?.some(bars) !== true;
}

/** Numbers of nodes by architecture. */
function architectures(nodes: readonly Node[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { status } of nodes) {
    const name = status?.nodeInfo?.architecture;
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function platformFor(wanted: string | undefined, nodes: ReadonlyMap<string, number>): Platform {
  const own = process.arch === "x64" ? "amd64" : process.arch;
  const architecture = wanted?.split("/")[1] ?? BUILT.find((one) => nodes.has(one)) ?? own;
  const name = `linux/${architecture}`;
  // Where all nodes can run it, pods name none: they stay as they are when the cluster cannot be asked.
  if ([...nodes.keys()].every((one) => one === architecture)) return { name };
  return { name, nodes: { [LABEL]: architecture }, warning: warningOf(architecture, nodes) };
}

function warningOf(architecture: string, nodes: ReadonlyMap<string, number>): string {
  const kinds = [...nodes].map(([one, count]) => `${count} ${one}`).join(" and ");
  const effect = nodes.has(architecture) ? "run on these nodes alone" : "wait for such a node";
  const other = BUILT.find((one) => one !== architecture && nodes.has(one));
  const remedy =
    other === undefined
      ? `add a node of ${architecture}`
      : `for the others: pulumi config set platform linux/${other}`;
  return `the cluster's nodes are ${kinds} — the image is for linux/${architecture}, and its pods ${effect} — ${remedy}`;
}
