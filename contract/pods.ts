import { DATA_FOLDER, NAMES, type Workload } from "./names.ts";

/** A volume of the engine's. */
export interface OwnVolume {
  /** Folder where it is mounted. */
  readonly folder: string;
  /** Key of its kind in Kubernetes' Volume. */
  readonly kind: "persistentVolumeClaim" | "configMap" | "secret" | "projected";
}

/** The parts of a pod that prove who it is and keep what it has trained. */
export interface OwnPod {
  /** Name of the engine's container. */
  readonly container: "server" | "client";
  /** Program of the image that it starts. */
  readonly command: string;
  /** Its ServiceAccount. @default the namespace's */
  readonly account?: string;
  /** Volumes by name. */
  readonly volumes: Readonly<Record<string, OwnVolume>>;
}

/** The engine's pods, as stack and policy pack agree on them. */
export const PODS = {
  [NAMES.server]: {
    container: "server",
    command: "kubeflower-server",
    volumes: {
      data: { folder: DATA_FOLDER, kind: "persistentVolumeClaim" },
      keys: { folder: "/etc/kubeflower/keys", kind: "configMap" },
      metrics: { folder: "/etc/kubeflower/metrics", kind: "secret" },
      certificate: { folder: "/etc/kubeflower/tls", kind: "secret" },
    },
  },
  [NAMES.client]: {
    container: "client",
    command: "kubeflower-client",
    account: NAMES.client,
    volumes: { proof: { folder: "/var/run/kubeflower", kind: "projected" } },
  },
} as const satisfies Record<Workload, OwnPod>;
