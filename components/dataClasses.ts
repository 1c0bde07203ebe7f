import type { KubernetesApi } from "../kube/clusterFacts.ts";
import type { DataVolume } from "../settings/dataVolume.ts";
import type { WantedData } from "./dataRefusals.ts";
import type { StackState } from "./stackState.ts";

interface StorageClass {
  readonly metadata: {
    readonly name: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

interface Claim {
  readonly spec?: { readonly accessModes?: readonly string[] };
}

const DEFAULT = "storageclass.kubernetes.io/is-default-class";
const CLASSES = "/apis/storage.k8s.io/v1/storageclasses";

/**
 * Warns of volumes with a size for which the cluster has no StorageClass, a sentence each. It is no
 * refusal: an administrator may make volumes for such claims by hand.
 */
export async function classWarnings(
  api: KubernetesApi,
  { data }: WantedData,
  { templates }: StackState,
): Promise<readonly string[]> {
  const held = templates.map(({ name }) => name);
  const isNew = ({ name, source }: DataVolume): boolean =>
    source.kind === "size" && !held.includes(name);
  if (!data.some(isNew)) return [];
  const classes = (await api.get<{ items: readonly StorageClass[] }>(CLASSES))?.items;
  if (classes === undefined) return [];
  return data.flatMap((volume, at) =>
    isNew(volume) ? (classWarning(volume, at, classes) ?? []) : [],
  );
}

function classWarning(
  { path, source }: DataVolume,
  at: number,
  classes: readonly StorageClass[],
): string | undefined {
  const wanted = source.kind === "size" ? source.storageClass : undefined;
  const names = classes.map(({ metadata }) => metadata.name);
  const isThere =
    wanted === undefined
      ? classes.some(({ metadata }) => metadata.annotations?.[DEFAULT] === "true")
      : names.includes(wanted);
  if (isThere) return undefined;
  const wrong =
    wanted === undefined
      ? "names no StorageClass, and the cluster has no default"
      : `names StorageClass ${wanted}, which the cluster does not have`;
  const way =
    names.length === 0
      ? "the cluster has none: install a provisioner, or make a volume for each claim"
      : `there are: ${names.join(", ")} — pulumi config set --path 'data[${at}].storageClass' ${names[0] ?? ""}`;
  return `data at ${path} ${wrong}: clients wait until their claims have volumes — ${way}`;
}

/** The sentence for a claim that one pod alone may mount, where several clients would. */
export async function exclusiveClaim(
  api: KubernetesApi,
  { data, namespace, replicas }: WantedData,
): Promise<string | undefined> {
  if (replicas < 2) return undefined;
  for (const [at, { path, source }] of data.entries()) {
    if (source.kind !== "claim") continue;
    const claim = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${source.claim}`;
    const modes = (await api.get<Claim>(claim))?.spec?.accessModes ?? [];
    if (modes.length === 0 || modes.some((mode) => mode !== "ReadWriteOncePod")) continue;
    return `claim ${source.claim} of data at ${path} is ReadWriteOncePod, and ${replicas} clients would mount it — one that all mount is ReadOnlyMany, ReadWriteMany or, on one node, ReadWriteOnce — make such a claim, or one for each client: pulumi config set --path 'data[${at}].claim' <name>-flower-client-{partition}`;
  }
  return undefined;
}
