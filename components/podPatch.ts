import type { types } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { PODS } from "../contract/pods.ts";
import { podFaults } from "../policy/podFaults.ts";
import type { Workload } from "../contract/names.ts";
import type { PodPatch } from "../settings/podPatch.ts";
import { POD } from "../settings/podSchema.ts";
import { podRefusals } from "./podCheck.ts";
import { strategicMerge } from "./strategicMerge.ts";

/** Template of pods. */
interface Template {
  readonly metadata: types.input.meta.v1.ObjectMeta;
  readonly spec: types.input.core.v1.PodSpec;
}

/**
 * Merges the user's patch into the template of a workload's pods, and warns of protections that it
 * undoes. Without a patch the template stays as it is.
 * @param claims names of the volumes that each pod gets a claim for
 * @throws pulumi.RunError when no API server takes such a pod
 */
export function patched(
  workload: Workload,
  template: Template,
  patch: PodPatch = {},
  resource?: pulumi.Resource,
  claims: readonly string[] = [],
): Template {
  if (Object.keys(patch).length === 0) return template;
  const { container } = PODS[workload];
  const { metadata, ...spec } = strategicMerge(
    { metadata: template.metadata, ...template.spec },
    patch,
    POD,
  ) as Pick<Template, "metadata"> & { readonly containers: readonly { readonly name: string }[] };
  // `kubectl logs` and `exec` take a pod's first container, and so do the commands in the docs.
  const containers = [...spec.containers].sort(
    (a, b) => Number(b.name === container) - Number(a.name === container),
  );
  const merged = { metadata, spec: { ...spec, containers } } as Template;
  refuse(`${container}Pod`, podRefusals({ ...merged.spec }, container, claims));
  const before = podFaults(template);
  for (const fault of podFaults(merged).filter((one) => !before.includes(one))) {
    void pulumi.log.warn(`${container}Pod undoes a protection: ${fault}`, resource);
  }
  return merged;
}

function refuse(key: string, refusals: readonly string[]): void {
  if (refusals.length === 0) return;
  const sentences = refusals.map(
    (one) =>
      `${key} makes a pod that Kubernetes refuses: ${one} — correct it: pulumi config set --path '${key}.<field>' <value>`,
  );
  throw new pulumi.RunError(sentences.join("\n"));
}
