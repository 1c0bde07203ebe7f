import type { ResourceValidationPolicy } from "@pulumi/policy";
import { type Container, containers, type Pod, podTemplate } from "./kubernetes.ts";

/**
 * Makes a rule on every workload's pods.
 *
 * @param faults yields a sentence for each fault of a pod: what is wrong — what is allowed — what to do
 */
export function podRule(
  name: string,
  description: string,
  faults: (pod: Pod) => Iterable<string>,
): ResourceValidationPolicy {
  return {
    name,
    description,
    validateResource: (resource, refuse) => {
      const template = podTemplate(resource);
      if (template === undefined) return;
      for (const fault of faults(template.spec ?? { containers: [] })) refuse(fault);
    },
  };
}

/** Makes a rule on every container of every workload's pods; its sentences start with the container's name. */
export function containerRule(
  name: string,
  description: string,
  faults: (container: Container, pod: Pod) => Iterable<string>,
): ResourceValidationPolicy {
  return podRule(name, description, function* (pod) {
    for (const container of containers(pod)) {
      for (const fault of faults(container, pod)) yield `container ${container.name}: ${fault}`;
    }
  });
}
