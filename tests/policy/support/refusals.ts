import {
  type PolicyResource,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
  unknownCheckingProxy,
} from "@pulumi/policy";
import { runtime } from "@pulumi/pulumi";
import type { Container, Pod } from "../../../policy/kubernetes.ts";

/** A resource as the engine hands it to a policy. */
export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly props: Record<string, unknown>;
}

/** Stands for a value that only an update will know. */
export const UNKNOWN = runtime.unknownValue;

/** Sentences with which a rule refuses a resource. */
export async function refusals(
  { validateResource }: ResourceValidationPolicy,
  resource: Resource,
): Promise<string[]> {
  if (typeof validateResource !== "function") throw new Error("the rule is for stacks");
  const said: string[] = [];
  await validateResource(proxied(resource) as ResourceValidationArgs, (message) => {
    said.push(message);
  });
  return said;
}

/** Sentences with which a rule refuses a stack, each after the URN of its resource. */
export async function stackRefusals(
  { validateStack }: StackValidationPolicy,
  resources: readonly Resource[],
): Promise<string[]> {
  const said: string[] = [];
  const args = { resources: resources.map(proxied) as PolicyResource[] };
  await validateStack(args as Parameters<typeof validateStack>[0], (message, urn) => {
    said.push(`${urn ?? "stack"}: ${message}`);
  });
  return said;
}

function proxied(resource: Resource): object {
  // Its declaration is missing from the package.
  const checking = unknownCheckingProxy as (props: object) => object;
  const props = checking(resource.props);
  return { ...resource, urn: `urn of ${resource.name}`, props };
}

/** A Deployment of pods with label `app`; a container's name and image are filled in. */
export function deployment(
  pod: Partial<Omit<Pod, "containers">> & { containers?: Partial<Container>[] } = {},
  namespace?: string,
): Resource {
  const { containers = [{}] } = pod;
  const filled = containers.map((container) => ({ name: "main", image: "app:1", ...container }));
  return {
    type: "kubernetes:apps/v1:Deployment",
    name: "web",
    props: {
      metadata: { name: "web", namespace },
      spec: {
        template: { metadata: { labels: { app: "web" } }, spec: { ...pod, containers: filled } },
      },
    },
  };
}
