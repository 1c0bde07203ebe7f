import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { PORTS, USER } from "../contract/names.ts";
import { ENGINE } from "../contract/variables.ts";
import type { Resources } from "../settings/resources.ts";
import type { RunSpec } from "../settings/table.ts";

type Container = types.input.core.v1.Container;
type EnvVar = types.input.core.v1.EnvVar;
type PodSpec = types.input.core.v1.PodSpec;

/** The parts in which the server's pod and a client's differ. */
export interface PodParts {
  /** Name of the container. */
  readonly name: string;
  /** Reference of the image. */
  readonly image: pulumi.Input<string>;
  /** Secret for the image's registry. @default none */
  readonly pullSecret?: string | undefined;
  /** Program of the image to start. */
  readonly command: string;
  /** Environment of the container. */
  readonly env: EnvVar[];
  /** Variables that the user has set. @default none */
  readonly own?: readonly EnvVar[] | undefined;
  /** Named ports beside `status`. @default none */
  readonly ports?: types.input.core.v1.ContainerPort[];
  readonly resources: Resources;
  /** Source of the pod's user and group. @default the image's */
  readonly runAs?: "image" | "cluster" | undefined;
  /** Instructions that numerical libraries use. */
  readonly arithmetic: RunSpec["arithmetic"];
  /** `nvidia.com/gpu` of the pod. @default 0 */
  readonly gpus?: number;
  /** Mounts beside /tmp and /dev/shm; `first` come before these. */
  readonly mounts: Placed<types.input.core.v1.VolumeMount>;
  /** Volumes beside those of /tmp and /dev/shm; `first` come before these. */
  readonly volumes: Placed<types.input.core.v1.Volume>;
  /** PriorityClass of the pod. @default the cluster's */
  readonly priorityClass?: string | undefined;
  /** ServiceAccount of the pod. @default the namespace's */
  readonly account?: pulumi.Input<string>;
  /** Affinity of the pod. @default none */
  readonly affinity?: types.input.core.v1.Affinity | undefined;
  /** Labels of the nodes that can run the image. @default all nodes can */
  readonly nodes?: Readonly<Record<string, string>> | undefined;
}

/** A list around common items: the API server compares lists by position. */
interface Placed<Item> {
  /** @default none */
  readonly first?: Item[];
  readonly last: Item[];
}

/** Specification of the server's pod or a client's: its rights, its end, and its writable folders. */
export function podSpec(parts: PodParts): PodSpec {
  return {
    serviceAccountName: parts.account,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    imagePullSecrets: parts.pullSecret === undefined ? undefined : [{ name: parts.pullSecret }],
    securityContext: podSecurity(parts.runAs),
    terminationGracePeriodSeconds: 10,
    priorityClassName: parts.priorityClass,
    affinity: parts.affinity,
    nodeSelector: parts.nodes,
    containers: [container(parts)],
    volumes: [
      ...(parts.volumes.first ?? []),
      { name: "tmp", emptyDir: {} },
      SHARED_MEMORY.volume,
      ...parts.volumes.last,
    ],
  };
}

function container(parts: PodParts): Container {
  return {
    name: parts.name,
    image: parts.image,
    imagePullPolicy: "IfNotPresent",
    command: [parts.command],
    env: [...parts.env, ...replaced(arithmetic(parts), parts.own ?? [])],
    ports: [
      ...(parts.ports ?? []),
      { name: "status", containerPort: PORTS.status, protocol: "TCP" },
    ],
    ...probes(),
    resources: resources(parts.resources, parts.gpus),
    securityContext: containerSecurity(),
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [
      ...(parts.mounts.first ?? []),
      { name: "tmp", mountPath: "/tmp" },
      SHARED_MEMORY.mount,
      ...parts.mounts.last,
    ],
  };
}

/**
 * Pod-level half of the "restricted" Pod Security Standard.
 * @param runAs whose user and group it has: the image's, or those that the cluster gives it
 */
export function podSecurity(
  runAs: "image" | "cluster" = "image",
): types.input.core.v1.PodSecurityContext {
  const ids = runAs === "cluster" ? {} : { runAsUser: USER, runAsGroup: USER, fsGroup: USER };
  return {
    runAsNonRoot: true,
    ...ids,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/**
 * Mode of files that only the pod's group may read. Where the cluster gives the group, it may give
 * none: then all of the pod may, which is the engine.
 */
export function proofMode(runAs: "image" | "cluster" = "image"): number {
  return runAs === "cluster" ? 0o444 : 0o440;
}

/** Container-level half of the "restricted" Pod Security Standard, and a read-only root. */
export function containerSecurity(): types.input.core.v1.SecurityContext {
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  };
}

/** Environment variables from plain values, in their order. Kubernetes changes none of them. */
export function environment(values: Readonly<Record<string, pulumi.Input<string>>>): EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({
    name,
    value: typeof value === "string" ? verbatim(value) : value,
  }));
}

/** Doubles each $ for which Kubernetes would put in another variable's value, or take one of two. */
function verbatim(value: string): string {
  return value.replace(/\$(?=[$(])/g, "$$$$");
}

/** Threads of arithmetic in a pod: one for each whole CPU that it requests, and one at least. */
export function threadsOf(cpu: string): number {
  const cpus = cpu.endsWith("m") ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu);
  return Math.max(1, Math.floor(cpus));
}

/** Variables for arithmetic that is not the image's: of one thread, with portable instructions. */
function arithmetic({ resources: { cpu }, arithmetic }: PodParts): EnvVar[] {
  const threads = threadsOf(cpu);
  return environment({
    ...(threads < 2 ? {} : { OMP_NUM_THREADS: String(threads) }),
    ...(arithmetic === "portable" ? {} : { [ENGINE.arithmetic]: arithmetic }),
  });
}

/** Variables, and the user's in the place of those that they replace: a name twice is refused. */
function replaced(variables: readonly EnvVar[], own: readonly EnvVar[]): EnvVar[] {
  const names = own.map(({ name }) => name);
  return [...variables.filter(({ name }) => !names.includes(name)), ...own];
}

/** Environment variable with a field of the pod. */
export function podField(name: string, fieldPath: string): EnvVar {
  return { name, valueFrom: { fieldRef: { fieldPath } } };
}

/**
 * Requests and limits. A pod that exceeds its memory dies and no neighbour does, so its limit is its
 * request. CPU has no limit unless the user sets one.
 * @param gpus number of `nvidia.com/gpu`
 */
export function resources(
  { cpu, cpuLimit, memory, ephemeralStorage, ephemeralStorageRequest = "64Mi" }: Resources,
  gpus = 0,
): types.input.core.v1.ResourceRequirements {
  const gpu: Record<string, string> = gpus > 0 ? { "nvidia.com/gpu": String(gpus) } : {};
  const most: Record<string, string> = cpuLimit === undefined ? {} : { cpu: cpuLimit };
  return {
    requests: { cpu, memory, "ephemeral-storage": ephemeralStorageRequest, ...gpu },
    limits: { ...most, memory, "ephemeral-storage": ephemeralStorage, ...gpu },
  };
}

/**
 * A pod's /dev/shm. The one that a container has by default holds 64 MB, and a program that writes
 * more is killed by SIGBUS. This one is as large as the pod's memory, and counts as such.
 */
export const SHARED_MEMORY = {
  mount: { name: "shared-memory", mountPath: "/dev/shm" },
  volume: { name: "shared-memory", emptyDir: { medium: "Memory" } },
} as const;

/**
 * Probes of the engine's two programs. One that is still loading its app has five minutes; one that
 * does not answer for three minutes is restarted. They do not see an app that hangs in a client: it
 * runs in a process of its own, which the client ends.
 */
export function probes(): Pick<Container, "startupProbe" | "readinessProbe" | "livenessProbe"> {
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
