import type { types } from "@pulumi/kubernetes";
import type { Unwrap } from "@pulumi/pulumi";

export type PodTemplate = Unwrap<types.input.core.v1.PodTemplateSpec>;
export type Pod = Unwrap<types.input.core.v1.PodSpec>;
export type Container = Unwrap<types.input.core.v1.Container>;
export type Metadata = Unwrap<types.input.meta.v1.ObjectMeta>;

/** What a policy is told of a resource, as far as it is used here. */
export interface Resource {
  readonly type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as @pulumi/policy has it
  readonly props: Record<string, any>;
}

/** The Kubernetes kind of a resource; `undefined` when it is none of Kubernetes. */
export function kind({ type }: Resource): string | undefined {
  return /^kubernetes:[^:]+:(\w+)$/.exec(type)?.[1];
}

export function metadata({ props }: Resource): Metadata {
  return (props.metadata ?? {}) as Metadata;
}

/** An object's namespace; without one it goes to that of the kubeconfig, by default `default`. */
export function namespace(resource: Resource): string {
  return metadata(resource).namespace ?? "default";
}

/** What the pods of a workload are made from; `undefined` when the resource makes no pods. */
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

/** All containers of a pod: those that end before the others start obey the same rules. */
export function containers({ initContainers = [], containers }: Pod): Container[] {
  return [...initContainers, ...containers];
}
