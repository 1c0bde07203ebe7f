/*
 * Parts of Kubernetes objects that a diagnosis reads. A field is undefined where the API server
 * leaves it out. All times are RFC 3339, like `2026-11-25T12:00:00Z`.
 */
import { NAMES } from "../../contract/names.ts";
import { ENGINE } from "../../contract/variables.ts";

/** Metadata of an object. */
export interface Meta {
  /** Name, unique for its kind in the namespace. */
  readonly name: string;
  /** Id that no other object ever gets, not even a later one of the same name. */
  readonly uid?: string;
  /** Number that grows with each change of the object's `spec`. */
  readonly generation?: number;
  /** Labels by key. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations by key. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Time of creation. */
  readonly creationTimestamp?: string;
  /** Time by which the object shall be gone; undefined while nobody deletes it. */
  readonly deletionTimestamp?: string;
  /** Names of those that keep it, though it is deleted, until they have done their work. */
  readonly finalizers?: readonly string[];
  /** Objects that this one belongs to. */
  readonly ownerReferences?: readonly { readonly uid: string }[];
  /** Times at which each manager changed the object last, and the part that it changed. */
  readonly managedFields?: readonly { readonly time?: string; readonly subresource?: string }[];
}

/** One condition of an object, like `Ready` of a node. */
export interface Condition {
  /** Kind of the condition, like `PodScheduled`. */
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  /** One word for the cause, like `Unschedulable`. */
  readonly reason?: string;
  /** Sentence for people. */
  readonly message?: string;
  /** Time of the last change of `status`. */
  readonly lastTransitionTime?: string;
}

/** End of a container. */
export interface Terminated {
  /** Time of its start. */
  readonly startedAt?: string;
  /** Time of the end. */
  readonly finishedAt?: string;
  /** Exit code of its first process. */
  readonly exitCode: number;
  /** One word for the cause, like `OOMKilled`. */
  readonly reason?: string;
  /** Last lines of the log. */
  readonly message?: string;
}

/** State of one container of a pod. */
export interface ContainerStatus {
  /** Name of the container in the pod's spec. */
  readonly name: string;
  /** Image that it runs. */
  readonly image?: string;
  /** Number of times that it was started again. */
  readonly restartCount: number;
  /** Whether it runs and its startup probe has succeeded. */
  readonly started?: boolean;
  /** Whether it runs and its readiness probe succeeds. */
  readonly ready?: boolean;
  /** State now: at most one of the three is set. */
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: string };
    readonly terminated?: Terminated;
  };
  /** State before the last start. */
  readonly lastState?: { readonly terminated?: Terminated };
}

/** Declaration of one container of a pod. */
export interface Container {
  /** Name, unique in the pod. */
  readonly name: string;
  /** Image that it shall run. */
  readonly image?: string;
  /** Environment variables; `value` is undefined where it comes from another object. */
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  /** Limits and requests by resource, as quantities like `768Mi`. */
  readonly resources?: {
    readonly limits?: Readonly<Record<string, string>>;
    readonly requests?: Readonly<Record<string, string>>;
  };
  /** `Always` for an init container that runs beside the others. */
  readonly restartPolicy?: string;
  readonly volumeMounts?: readonly { name: string; mountPath: string; subPathExpr?: string }[];
}

/** A volume of a pod, and where it comes from. */
export interface Volume {
  readonly name?: string;
  readonly persistentVolumeClaim?: { readonly claimName?: string };
  readonly configMap?: { readonly name?: string };
}

/** A pod of the server or of a client. */
export interface Pod {
  readonly metadata: Meta;
  /** Declared pod; `nodeName` is undefined until a node has taken it. */
  readonly spec: {
    readonly nodeName?: string;
    /** Program that chooses its node. */
    readonly schedulerName?: string;
    readonly resourceClaims?: readonly { readonly name: string }[];
    /** Labels that its node must have. */
    readonly nodeSelector?: Readonly<Record<string, string>>;
    /** Secrets with logins for registries. */
    readonly imagePullSecrets?: readonly { readonly name?: string }[];
    readonly tolerations?: readonly { readonly key?: string }[];
    readonly initContainers?: readonly Container[];
    readonly containers: readonly Container[];
    readonly volumes?: readonly Volume[];
  };
  /** Observed pod. */
  readonly status?: {
    /** `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`. */
    readonly phase?: string;
    /** One word for the cause of a failed pod, like `Evicted`. */
    readonly reason?: string;
    /** Sentence for people about a failed pod. */
    readonly message?: string;
    /** Address in the cluster's network. */
    readonly podIP?: string;
    /** Time at which the kubelet took the pod. */
    readonly startTime?: string;
    readonly conditions?: readonly Condition[];
    /** Containers that run before the others, and side cars. */
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

/** A PersistentVolumeClaim. */
export interface Claim {
  readonly metadata: Meta;
  /** Declared claim; without a class the cluster's default is meant. */
  readonly spec: { readonly storageClassName?: string };
  /** Observed claim: `phase` is `Pending`, `Bound` or `Lost`; `capacity` has the volume's size. */
  readonly status?: {
    readonly phase?: string;
    readonly capacity?: { readonly storage?: string };
    readonly conditions?: readonly Condition[];
  };
}

/** A Deployment, ReplicaSet or StatefulSet. */
export interface Workload {
  readonly metadata: Meta;
  /** Declared workload. */
  readonly spec: {
    /** Number of pods; Kubernetes' default is 1, and the API server always gives it. */
    readonly replicas?: number;
    /** Whether somebody has stopped its rollouts (Deployment). */
    readonly paused?: boolean;
    /** How pods get a newer template (StatefulSet): those below `partition` keep the older one. */
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number } | null;
    };
    /** Template of its pods. */
    readonly template?: {
      readonly metadata?: Pick<Meta, "labels" | "annotations">;
      readonly spec?: {
        readonly containers?: readonly Container[];
        readonly volumes?: readonly Volume[];
      };
    };
    /** Templates of the claims that each pod gets (StatefulSet). */
    readonly volumeClaimTemplates?: readonly { readonly metadata: Meta }[];
  };
  /** Observed workload. */
  readonly status?: {
    /** `generation` of the spec that this status is about. */
    readonly observedGeneration?: number;
    /** Pods that exist. */
    readonly replicas?: number;
    /** Pods of the newest template. */
    readonly updatedReplicas?: number;
    /** Pods that are ready. */
    readonly availableReplicas?: number;
    /** Hash of the newest template (StatefulSet). */
    readonly updateRevision?: string;
  };
}

/** A node of the cluster. */
export interface Node {
  readonly metadata: Meta;
  /** Declared node: pods that do not tolerate a taint are kept off. */
  readonly spec?: { readonly taints?: readonly { readonly key: string }[] };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** A StorageClass. */
export interface StorageClass {
  readonly metadata: Meta;
  /** Name of the program that makes its volumes. */
  readonly provisioner: string;
  /** Whether a claim may ask for more later; no when undefined. */
  readonly allowVolumeExpansion?: boolean;
}

/** A namespace. */
export interface Namespace {
  readonly metadata: Meta;
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** A Service. */
export interface Service {
  readonly metadata: Meta;
  readonly spec?: {
    /** Labels of the pods that it leads to. */
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly { readonly port: number; readonly targetPort?: number | string }[];
  };
}

/** A NetworkPolicy; without rules it closes off the pods that it selects. */
export interface Policy {
  readonly metadata: Meta;
  readonly spec: {
    readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly ingress?: readonly object[];
    readonly egress?: readonly object[];
  };
}

/** Tells a server pod from a client pod. */
export function isServer(pod: Pod): boolean {
  return pod.metadata.labels?.app === NAMES.server;
}

/** A pod's purpose, as the settings call it. */
export function roleOf(pod: Pod): "server" | "client" {
  return isServer(pod) ? "server" : "client";
}

/** Tells whether somebody has deleted the pod: it is gone once its containers have ended. */
export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Reads the id of the run that a server pod was made for; undefined where it names none. */
export function runOf(pod: Pod): string | undefined {
  const variables = pod.spec.containers.flatMap((container) => container.env ?? []);
  return variables.find((variable) => variable.name === ENGINE.run)?.value;
}

/** Finds the declaration of a container whose status is known. */
export function containerOf({ spec }: Pod, { name }: ContainerStatus): Container | undefined {
  return [...spec.containers, ...(spec.initContainers ?? [])].find((one) => one.name === name);
}

/** Query for the log of the engine's container: of several the API server gives none unasked. */
export function engineLog({ spec: { containers } }: Pod): { readonly container?: string } {
  const [engine, ...others] = containers;
  return engine === undefined || others.length === 0 ? {} : { container: engine.name };
}

/**
 * Status of the engine's container, which is the pod's first. The kubelet sorts them by name, and a
 * patch may have put others beside it.
 */
export function engineStatus({ spec, status }: Pod): ContainerStatus | undefined {
  const all = status?.containerStatuses;
  return all?.find(({ name }) => name === spec.containers[0]?.name) ?? all?.[0];
}

/** Statuses of a pod's containers, in the order in which they start. */
export function containerStatuses({ status }: Pod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** Tells whether the pod's containers run and its probes succeed. */
export function isReady(pod: Pod): boolean {
  return condition(pod, "Ready")?.status === "True";
}

/** Finds the condition of that type. */
export function condition(
  object: { readonly status?: { readonly conditions?: readonly Condition[] } },
  type: string,
): Condition | undefined {
  return object.status?.conditions?.find((one) => one.type === type);
}
