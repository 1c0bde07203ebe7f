/** Kinds of cluster, by the way that an image takes to the nodes. */
export const CLUSTER_KINDS = [
  "minikube",
  "kind",
  "k3d",
  "docker-desktop",
  "containerd",
  "remote",
] as const;

/** A kind of cluster. */
export type ClusterKind = (typeof CLUSTER_KINDS)[number];

/** A kind into whose nodes this machine's Docker hands the image, without a registry. */
export type LoadedKind = Exclude<ClusterKind, "minikube" | "remote">;

/** A node, as far as its images are concerned. */
export interface ClusterNode {
  readonly name: string;
  /** Container runtime and its version, such as `containerd://2.1.4`; "" when it is not known. */
  readonly runtime: string;
  /** Release of the kernel that it runs on. */
  readonly kernel: string;
  /** Id of that kernel's boot: two machines never have the same. */
  readonly bootId: string;
}

/** Contexts as the kinds' own programs name them. */
const CONTEXTS: readonly (readonly [RegExp, ClusterKind])[] = [
  [/^kind-/, "kind"],
  [/^k3d-/, "k3d"],
  [/^(docker-desktop|rancher-desktop|orbstack|colima(-.*)?)$/, "docker-desktop"],
];

/** Kind of cluster that a context's name tells; minikube, which names contexts freely, when it tells none. */
export function kindOf(context: string): ClusterKind {
  return CONTEXTS.find(([names]) => names.test(context))?.[1] ?? "minikube";
}

/** Names that minikube gives a profile, and the profile its context. */
const PROFILE = /^([a-z\d]([a-z\d-]*[a-z\d])?\.)*[a-z\d]([a-z\d-]*[a-z\d])?$/i;

/** Whether a context may be that of a minikube; those of most clouds cannot, by their names. */
export function isProfile(context: string): boolean {
  return PROFILE.test(context) && context.length > 1;
}

/** Command that starts a stopped cluster; undefined where there is none that is known. */
export function startCommand(kind: ClusterKind, context: string): string | undefined {
  const name = context.replace(/^(kind|k3d)-/, "");
  switch (kind) {
    case "minikube":
      return isProfile(context) ? `minikube start -p ${context}` : undefined;
    case "kind":
      return `docker start $(kind get nodes --name ${name})`;
    case "k3d":
      return `k3d cluster start ${name}`;
    default:
      return undefined;
  }
}
