import { createHash } from "node:crypto";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { NAMES } from "../contract/names.ts";
import { ENGINE } from "../contract/variables.ts";
import type { DataSource, DataVolume } from "../settings/dataVolume.ts";
import { PARTITION } from "../settings/placeholder.ts";
import { labels, managed } from "./kubernetes.ts";

type Claim = k8s.types.input.core.v1.PersistentVolumeClaim & {
  readonly metadata: { readonly name: string };
};
/** A place that has no claim yet. */
type Place = Extract<DataSource, { readonly kind: "hostPath" | "nfs" }>;

/** The data of the clients' pods. */
export interface PodData {
  /** Mounts of the container. */
  readonly mounts: k8s.types.input.core.v1.VolumeMount[];
  /** Volumes of the pod. */
  readonly volumes: k8s.types.input.core.v1.Volume[];
  /** Templates of the claims that each pod has of its own. */
  readonly templates: Claim[];
}

/** Arguments of {@link Data}. */
export interface DataArgs {
  /** Namespace of the claims. */
  readonly namespace: pulumi.Input<string>;
  readonly volumes: readonly DataVolume[];
}

/** Size that claims and volumes must have, and that nothing measures. */
const SOME = { storage: "1Mi" };

/**
 * The clients' own data. Pods under restricted Pod Security mount neither a node's folders nor NFS,
 * so such a folder becomes a PersistentVolume with its claim. Neither is ever made anew: another
 * folder is another pair, which the pods move to before the old one goes. Files are never deleted.
 */
export class Data extends pulumi.ComponentResource implements PodData {
  readonly mounts: PodData["mounts"];
  readonly volumes: PodData["volumes"];
  readonly templates: PodData["templates"];

  readonly #claims = new Map<string, pulumi.Output<string>>();

  constructor(name: string, args: DataArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Data", name, {}, opts);
    // Their order means nothing, and another one would replace the StatefulSet.
    const volumes = [...args.volumes].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.mounts = volumes.map(mount);
    this.templates = volumes.flatMap(template);
    this.volumes = volumes.flatMap((volume) => {
      const { source, readOnly } = volume;
      if (source.kind === "claims" || source.kind === "size") return [];
      const claimName =
        source.kind === "claim"
          ? source.claim
          : this.#claim(name, args.namespace, source, readOnly);
      return [{ name: volume.name, persistentVolumeClaim: { claimName, readOnly } }];
    });
    this.registerOutputs({});
  }

  /** Name of the claim of a folder; volumes that differ in the path below share it. */
  #claim(
    name: string,
    namespace: pulumi.Input<string>,
    place: Place,
    readOnly: boolean,
  ): pulumi.Output<string> {
    const key = JSON.stringify({ ...place, readOnly });
    const hash = createHash("sha256").update(key).digest("hex").slice(0, 8);
    const known = this.#claims.get(hash);
    if (known !== undefined) return known;
    const spec = {
      accessModes: [readOnly ? "ReadOnlyMany" : "ReadWriteMany"],
      // No class: nothing provisions it, and no other claim gets it.
      storageClassName: "",
    };
    const claimName = `flower-data-${hash}`;
    const volume = new k8s.core.v1.PersistentVolume(
      `${name}-volume-${hash}`,
      {
        metadata: { ...marks(), name: pulumi.interpolate`${namespace}-${claimName}` },
        spec: {
          ...spec,
          ...placeOf(place, readOnly),
          capacity: SOME,
          claimRef: { namespace, name: claimName },
          persistentVolumeReclaimPolicy: "Retain",
        },
      },
      { parent: this },
    );
    const claim = new k8s.core.v1.PersistentVolumeClaim(
      `${name}-claim-${hash}`,
      {
        metadata: { ...marks(), name: claimName, namespace },
        spec: { ...spec, volumeName: volume.metadata.name, resources: { requests: SOME } },
      },
      { parent: this },
    );
    this.#claims.set(hash, claim.metadata.name);
    return claim.metadata.name;
  }
}

function marks() {
  return { labels: labels(NAMES.client), annotations: managed() };
}

function placeOf(place: Place, readOnly: boolean): k8s.types.input.core.v1.PersistentVolumeSpec {
  if (place.kind === "nfs") return { nfs: { server: place.server, path: place.path, readOnly } };
  const everyNode = { key: "kubernetes.io/os", operator: "In", values: ["linux"] };
  return {
    // Not hostPath, by which the kubelet would make an empty folder for a client that has none.
    local: { path: place.path },
    nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [everyNode] }] } },
  };
}

/** The mount of a volume; the kubelet puts the pod's own partition into its path. */
function mount(volume: DataVolume): k8s.types.input.core.v1.VolumeMount {
  const { name, path, readOnly, subPath } = volume;
  const below = subPath?.replaceAll(PARTITION, `$(${ENGINE.partition})`);
  return {
    name,
    mountPath: path,
    readOnly,
    ...(below === undefined ? {} : { subPathExpr: below }),
  };
}

function template({ name, source }: DataVolume): Claim[] {
  const metadata = { name };
  const accessModes = ["ReadWriteOnce"];
  if (source.kind === "size") {
    const { size: storage, storageClass: storageClassName } = source;
    const resources = { requests: { storage } };
    return [{ metadata, spec: { accessModes, storageClassName, resources } }];
  }
  if (source.kind !== "claims") return [];
  // A claim that is missing is made of this, and waits: no volume is called so.
  const nothing = { storageClassName: "", volumeName: "none", resources: { requests: SOME } };
  return [{ metadata, spec: { accessModes, ...nothing } }];
}
