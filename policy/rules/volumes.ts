import type { types } from "@pulumi/kubernetes";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { Unwrap } from "@pulumi/pulumi";
import { kind, type Resource } from "../kubernetes.ts";
import { podRule } from "../podRule.ts";

type VolumeSpec = Unwrap<types.input.core.v1.PersistentVolumeSpec>;

/** Kinds that the restricted Pod Security Standard allows. */
const ALLOWED = [
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image"],
  ...["persistentVolumeClaim", "projected", "secret"],
];
/** Folders with a node's programs, its passwords and what its pods have. */
const SYSTEM =
  /^\/($|(bin|boot|dev|etc|lib|lib64|proc|root|run|sbin|sys|usr)(\/|$)|var(\/(lib|log|run)(\/(containerd|docker|etcd|kubelet|rancher)(\/.*)?)?)?\/?$)/;

/** Data comes to pods by claims, which the cluster can count, protect and refuse. */
export const volumeKinds = podRule(
  "volume-kinds",
  "A pod mounts storage by claims alone.",
  function* ({ volumes = [] }) {
    for (const { name, ...source } of volumes) {
      // Folders of the node are the rule `host`'s.
      const kinds = Object.keys(source).filter((key) => key !== "hostPath");
      for (const other of kinds.filter((key) => !ALLOWED.includes(key))) {
        yield `volume ${name}: ${other} is mounted past all claims — allowed: a persistentVolumeClaim — make a PersistentVolume of it with its claim, as the setting data does`;
      }
    }
  },
);

/** Refuses pods a node's own folders, behind a claim as without one. */
export const systemFolder: ResourceValidationPolicy = {
  name: "system-folder",
  description: "No PersistentVolume is a folder of a node's system.",
  validateResource: (resource, refuse) => {
    const path = nodeFolder(resource);
    if (path !== undefined && SYSTEM.test(path)) {
      refuse(
        `${path} is a folder of the node's system — allowed: a folder with data alone — pulumi config set --path 'data[0].hostPath' /srv/data`,
      );
    }
  },
};

/** Reviewers see which folders of nodes pods reach. */
export const nodeFolders: ResourceValidationPolicy = {
  name: "node-folder",
  description: "A PersistentVolume that is a folder of nodes is a decision.",
  enforcementLevel: "advisory",
  validateResource: (resource, refuse) => {
    const path = nodeFolder(resource);
    if (path === undefined || SYSTEM.test(path)) return;
    const { accessModes = [] } = resource.props.spec as VolumeSpec;
    const may = accessModes.every((mode) => mode === "ReadOnlyMany") ? "read" : "read and write";
    refuse(
      `pods with its claim may ${may} folder ${path} of their node — best: a claim of a StorageClass — pulumi config set --path 'data[0].size' 1Gi`,
    );
  },
};

function nodeFolder(resource: Resource): string | undefined {
  if (kind(resource) !== "PersistentVolume") return undefined;
  const { local, hostPath } = (resource.props.spec ?? {}) as Partial<VolumeSpec>;
  return local?.path ?? hostPath?.path;
}
