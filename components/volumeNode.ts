import type { KubernetesApi } from "../kube/clusterFacts.ts";

/** Provisioner of minikube's volumes: each is a folder of the node where its pod runs. */
const PROVISIONER = "k8s.io/minikube-hostpath";
/** Label of the node where that provisioner makes folders that every user may write. */
const PRIMARY = "minikube.k8s.io/primary";
const DEFAULT = "storageclass.kubernetes.io/is-default-class";

interface Labelled {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly provisioner?: string;
}

interface List {
  readonly items?: readonly Labelled[];
}

/**
 * Labels of the node that the server must stay on; undefined where its volume says that itself. In a minikube of several nodes a volume does not: on another node the server
 * finds an empty folder of root's instead of its runs
 * (https://github.com/kubernetes/minikube/issues/11765).
 * @param storageClass name of the volume's class; undefined: the cluster's default
 */
export async function volumeNode(
  storageClass: string | undefined,
  api: KubernetesApi,
): Promise<Readonly<Record<string, string>> | undefined> {
  const [classes, nodes] = await Promise.all([
    api.get<List>("/apis/storage.k8s.io/v1/storageclasses"),
    api.get<List>("/api/v1/nodes?limit=500"),
  ]);
  const own = classes?.items?.find(({ metadata: { name, annotations } }) =>
    storageClass === undefined ? annotations?.[DEFAULT] === "true" : name === storageClass,
  );
  const all = nodes?.items ?? [];
  const isKnown = all.some(({ metadata }) => metadata.labels?.[PRIMARY] === "true");
  const stays = own?.provisioner === PROVISIONER && all.length > 1 && isKnown;
  return stays ? { [PRIMARY]: "true" } : undefined;
}
