import { Unreachable } from "../kube/errors.ts";
import type { KubeClient } from "../kube/client.ts";
import { lackingPods, type Lacking } from "./diagnosis/lackingPods.ts";
import type { Claim, Workload } from "./diagnosis/objects.ts";
import type { Snapshot } from "./diagnosis/snapshot.ts";

/** Seconds for one trial: a webhook may be asked for ten, and its answer is told by an event. */
const PATIENCE = 5;

/**
 * Tries to make each pod that a workload lacks, and makes none: events tell why one is refused only as
 * long as Kubernetes takes them, which is some 25 of one object and then one in five minutes.
 * @param snapshot objects without trials
 * @returns the API server's words by workloads' names; null: it would take the pod
 */
export async function tryPods(
  cluster: KubeClient,
  snapshot: Snapshot,
): Promise<Record<string, string | null>> {
  const { namespace, claims, dataClaims } = snapshot.objects;
  const core = `/api/v1/namespaces/${namespace}`;
  const known = new Set([...claims, ...dataClaims].map(({ metadata }) => metadata.name));
  const tried = lackingPods(snapshot).map(async (one) => {
    const wanted = claimsOf(one).filter(({ metadata }) => !known.has(metadata.name));
    const words = await firstRefusal(cluster, [
      ...wanted.map((claim) => [`${core}/persistentvolumeclaims`, claim] as const),
      [`${core}/pods`, podOf(one)],
    ]);
    return words === undefined ? [] : [[one.workload.metadata.name, words] as const];
  });
  return Object.fromEntries((await Promise.all(tried)).flat());
}

/** Words of the first refusal; null when all would be taken, undefined when that is not known. */
async function firstRefusal(
  cluster: KubeClient,
  objects: readonly (readonly [path: string, object: object])[],
): Promise<string | null | undefined> {
  let told: string | null | undefined = null;
  for (const [path, object] of objects) {
    const words = await trial(cluster, path, object);
    if (typeof words === "string") return words;
    if (words === undefined) told = undefined;
  }
  return told;
}

async function trial(cluster: KubeClient, path: string, object: object) {
  try {
    return await cluster.dryRun(path, object, PATIENCE);
  } catch (fault) {
    if (fault instanceof Unreachable) return undefined;
    throw fault;
  }
}

/** The pod that the workload's controller would make. */
function podOf({ kind, workload, ordinal }: Lacking): object {
  const { metadata, spec } = workload;
  const owner = { apiVersion: "apps/v1", kind, name: metadata.name, uid: metadata.uid };
  const name = `${metadata.name}-${String(ordinal)}`;
  const labels =
    ordinal === undefined
      ? {}
      : {
          "apps.kubernetes.io/pod-index": String(ordinal),
          "statefulset.kubernetes.io/pod-name": name,
        };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...spec.template?.metadata,
      ...(ordinal === undefined ? { generateName: `${metadata.name}-` } : { name }),
      labels: { ...spec.template?.metadata?.labels, ...labels },
      ownerReferences: [{ ...owner, controller: true }],
    },
    spec: { ...spec.template?.spec, volumes: volumesOf(workload, ordinal) },
  };
}

function volumesOf({ metadata, spec }: Workload, ordinal: number | undefined): object[] {
  const own = (spec.volumeClaimTemplates ?? []).map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: claimName(name, metadata.name, ordinal) },
  }));
  return [...(spec.template?.spec?.volumes ?? []), ...own];
}

/** The claims that come before the pod. */
function claimsOf({ workload, ordinal }: Lacking): (object & Pick<Claim, "metadata">)[] {
  const { metadata, spec } = workload;
  return (spec.volumeClaimTemplates ?? []).map((template) => ({
    ...template,
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: {
      ...template.metadata,
      name: claimName(template.metadata.name, metadata.name, ordinal),
    },
  }));
}

function claimName(template: string, set: string, ordinal: number | undefined): string {
  return `${template}-${set}-${String(ordinal)}`;
}
