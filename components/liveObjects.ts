import { NAMES, OWNER, STACK } from "../contract/names.ts";
import type { KubernetesApi } from "../kube/clusterFacts.ts";
import type { ObjectRef, StackState } from "./stackState.ts";

/** An object that the cluster has now. */
export interface LiveObject extends ObjectRef {
  /** UID of the object. */
  readonly uid: string;
  /** Random id of the stack that it belongs to; undefined when it carries none. */
  readonly owner: string | undefined;
  /** `project/stack` of its owner. */
  readonly stack: string | undefined;
  /** Phase of a namespace or a claim. */
  readonly phase?: string | undefined;
  /** Whether somebody has asked for its deletion, which nothing takes back. @default false */
  readonly isLeaving?: boolean;
}

/** The objects that the cluster has under the names that this stack uses. */
export interface LiveObjects {
  /** The object with this name; null when there is none; undefined when this user may not see it. */
  find(ref: ObjectRef): LiveObject | null | undefined;
  /** Whether volumes of the stack's StorageClass can grow; undefined when that is not known. */
  readonly growing: boolean | undefined;
}

const PATHS: Readonly<Record<ObjectRef["kind"], readonly [group: string, plural: string]>> = {
  Namespace: ["api/v1", "namespaces"],
  PersistentVolumeClaim: ["api/v1", "persistentvolumeclaims"],
  Service: ["api/v1", "services"],
  Deployment: ["apis/apps/v1", "deployments"],
  StatefulSet: ["apis/apps/v1", "statefulsets"],
};

/** Objects whose names never change: the owner of one of them in a namespace owns the federation. */
export function fixedObjects(namespace: string): ObjectRef[] {
  return [
    { kind: "Namespace", name: namespace, namespace: "" },
    { kind: "PersistentVolumeClaim", name: NAMES.server, namespace },
    { kind: "Service", name: NAMES.service, namespace },
    { kind: "Deployment", name: NAMES.server, namespace },
    { kind: "StatefulSet", name: NAMES.client, namespace },
  ];
}

/** Asks the cluster for one object; see {@link LiveObjects.find}. */
export async function liveObject(
  api: KubernetesApi,
  ref: ObjectRef,
): Promise<LiveObject | null | undefined> {
  return described(ref, await api.get<Metadata>(pathOf(ref)));
}

/** Asks the cluster for the objects of a namespace's federation and for all objects of the stack. */
export async function liveObjects(
  api: KubernetesApi,
  namespace: string,
  state: StackState,
): Promise<LiveObjects> {
  const refs = [...fixedObjects(namespace), ...state.objects];
  const paths = [...new Set(refs.map(pathOf))];
  const [found, growing] = await Promise.all([
    Promise.all(paths.map(async (path) => [path, await api.get<Metadata>(path)] as const)),
    expansion(api, state.claim?.storageClass),
  ]);
  const known = new Map(found);
  return {
    find: (ref) => described(ref, known.get(pathOf(ref))),
    growing,
  };
}

function described(
  ref: ObjectRef,
  object: Metadata | null | undefined,
): LiveObject | null | undefined {
  if (object === null || object === undefined) return object;
  const { uid, annotations = {} } = object.metadata;
  const mark = { owner: annotations[OWNER], stack: annotations[STACK] };
  const isLeaving = object.metadata.deletionTimestamp !== undefined;
  return { ...ref, uid, ...mark, phase: object.status?.phase, ...(isLeaving && { isLeaving }) };
}

interface Metadata {
  readonly metadata: {
    readonly uid: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly status?: { readonly phase?: string };
}

function pathOf({ kind, name, namespace }: ObjectRef): string {
  const [group, plural] = PATHS[kind];
  const scope = kind === "Namespace" ? "" : `namespaces/${namespace}/`;
  return `/${group}/${scope}${plural}/${name}`;
}

/** https://kubernetes.io/docs/concepts/storage/storage-classes/#allow-volume-expansion */
async function expansion(
  api: KubernetesApi,
  storageClass: string | undefined,
): Promise<boolean | undefined> {
  if (storageClass === undefined) return undefined;
  const path = `/apis/storage.k8s.io/v1/storageclasses/${storageClass}`;
  const found = await api.get<{ allowVolumeExpansion?: boolean }>(path);
  return found === null || found === undefined ? undefined : (found.allowVolumeExpansion ?? false);
}
