import { createHash } from "node:crypto";
import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

type Core = types.input.core.v1.Container;

/** Ports by name. The Service keeps the port the first kubeFlower's commands know. */
export const PORTS = { service: 30051, stream: 8080, status: 8081 } as const;

/** Names that never change, so that commands can be written down. */
export const NAMES = {
  service: "service-server",
  server: "flower-server",
  client: "flower-client",
} as const;

/** User and group of the image; numeric, as `runAsNonRoot` can only check a number. */
export const USER = 65532;

/** What every workload of ours is called in the cluster. */
export type Workload = typeof NAMES.server | typeof NAMES.client;

/** Labels of an object that belongs to no single workload. */
export const commonLabels: Readonly<Record<string, string>> = {
  "app.kubernetes.io/name": "kubeflower",
  "app.kubernetes.io/part-of": "kubeflower",
  "app.kubernetes.io/managed-by": "pulumi",
};

/** What a selector asks for: never changes, as selectors cannot. */
export function selector(workload: Workload): Record<string, string> {
  return { app: workload };
}

/** All labels of a workload and of its pods; always a superset of its `selector`. */
export function labels(workload: Workload): Record<string, string> {
  return {
    ...commonLabels,
    "app.kubernetes.io/component": workload === NAMES.server ? "server" : "client",
    ...selector(workload),
  };
}

/** Pod-level half of the "restricted" Pod Security Standard. */
export function podSecurity(): types.input.core.v1.PodSecurityContext {
  return {
    runAsNonRoot: true,
    runAsUser: USER,
    runAsGroup: USER,
    fsGroup: USER,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** Container-level half of the "restricted" Pod Security Standard, and a read-only root. */
export function containerSecurity(): types.input.core.v1.SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  };
}

/**
 * How the provider treats an object. Its own waiting is replaced by "it exists": for a Service it
 * is a flat ten seconds, for a Deployment whose image is missing ten minutes; the run resource waits
 * instead and names the cause. What somebody has changed by hand would be theirs for ever, as the
 * API server sees it (server-side apply); here an update takes it back.
 */
export function managed(): Record<string, string> {
  return {
    "pulumi.com/waitFor": "jsonpath={.metadata.uid}",
    "pulumi.com/patchForce": "true",
  };
}

/** A container's environment from plain values, in their order. */
export function environment(values: Readonly<Record<string, string>>): NonNullable<Core["env"]> {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** cpu as wanted at least, memory as wanted and limit: a pod that outgrows it dies, no other. */
export interface Resources {
  readonly cpu: string;
  readonly memory: string;
  /** Limit of what a pod writes outside of volumes that last. */
  readonly ephemeralStorage: string;
}

/** Requests and limits; `gpus` adds that many `nvidia.com/gpu`. */
export function resources(
  { cpu, memory, ephemeralStorage }: Resources,
  gpus = 0,
): types.input.core.v1.ResourceRequirements {
  const gpu: Record<string, string> = gpus > 0 ? { "nvidia.com/gpu": String(gpus) } : {};
  return {
    requests: { cpu, memory, "ephemeral-storage": "64Mi", ...gpu },
    limits: { memory, "ephemeral-storage": ephemeralStorage, ...gpu },
  };
}

/** Twelve hex digits that change with an object's specification. */
export function hashOf(specification: unknown): pulumi.Output<string> {
  return pulumi
    .jsonStringify(specification)
    .apply((text) => createHash("sha256").update(text).digest("hex").slice(0, 12));
}

/**
 * A pod's /dev/shm: a container's own has 64 MB, and who writes more there is killed by SIGBUS. This
 * one is as large as the pod's memory, and counts as such.
 */
export const SHARED_MEMORY = {
  mount: { name: "shared-memory", mountPath: "/dev/shm" },
  volume: { name: "shared-memory", emptyDir: { medium: "Memory" } },
} as const;

type Probes = Pick<Core, "startupProbe" | "readinessProbe" | "livenessProbe">;

/**
 * Probes of the engine's two commands: one that is still loading its app is left alone, one whose
 * every thread hangs is started again. A client's app that hangs is not theirs to find: it has a
 * process of its own, which the client ends.
 */
export function probes(): Probes {
  const get = (path: string) => ({ httpGet: { path, port: "status" } });
  return {
    startupProbe: { ...get("/healthz"), periodSeconds: 1, failureThreshold: 300 },
    readinessProbe: { ...get("/readyz"), periodSeconds: 2, timeoutSeconds: 5 },
    livenessProbe: {
      ...get("/healthz"),
      periodSeconds: 15,
      timeoutSeconds: 10,
      failureThreshold: 12,
    },
  };
}
