import type { types } from "@pulumi/kubernetes";
import type { Unwrap } from "@pulumi/pulumi";

/** Template of pods, with all values known. */
export type PodTemplate = Unwrap<types.input.core.v1.PodTemplateSpec>;
/** Spec of a pod, with all values known. */
export type Pod = Unwrap<types.input.core.v1.PodSpec>;
/** A container, with all values known. */
export type Container = Unwrap<types.input.core.v1.Container>;
/** Metadata of an object, with all values known. */
export type Metadata = Unwrap<types.input.meta.v1.ObjectMeta>;

/** The fields of a resource that rules read. */
export interface Resource {
  readonly type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the type of @pulumi/policy
  readonly props: Record<string, any>;
}

/** Kind of a Kubernetes object; undefined for other resources. */
export function kind({ type }: Resource): string | undefined {
  return /^kubernetes:[^:]+:(\w+)$/.exec(type)?.[1];
}

/** Metadata of an object; empty when it has none. */
export function metadata({ props }: Resource): Metadata {
  return (props.metadata ?? {}) as Metadata;
}

/** Namespace of an object. @default `default`, which the kubeconfig may replace */
export function namespace(resource: Resource): string {
  return metadata(resource).namespace ?? "default";
}

/** Template of a workload's pods; undefined when the resource makes no pods. */
export function podTemplate(resource: Resource): PodTemplate | undefined {
  const { props } = resource as { props: WorkloadProps };
  switch (kind(resource)) {
    case "Pod":
      return props as PodTemplate;
    case "PodTemplate":
      return props.template;
    case "CronJob":
      return props.spec?.jobTemplate?.spec?.template;
    case "DaemonSet":
    case "Deployment":
    case "Job":
    case "ReplicaSet":
    case "ReplicationController":
    case "StatefulSet":
      return props.spec?.template;
    default:
      return undefined;
  }
}

interface WorkloadProps {
  readonly template?: PodTemplate;
  readonly spec?: {
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplate } };
  };
}

/** All containers of a pod: rules hold for init containers too. */
export function containers({ initContainers = [], containers }: Pod): Container[] {
  return [...initContainers, ...containers];
}
