import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { NAMES, type Workload } from "../contract/names.ts";

/** Labels of an object that belongs to no single workload. */
export const commonLabels: Readonly<Record<string, string>> = {
  "app.kubernetes.io/name": "kubeflower",
  "app.kubernetes.io/part-of": "kubeflower",
  "app.kubernetes.io/managed-by": "pulumi",
};

/** Labels that a selector asks for. They never change, because selectors cannot. */
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

/**
 * Annotations that say how the provider treats an object. It waits until the object exists, and no
 * longer: its own waiting takes a flat ten seconds for a Service, and ten minutes for a Deployment
 * whose image is missing; the run resource waits instead and names the cause. Under server-side
 * apply an edit by hand owns its field; patchForce lets the next update take it back.
 */
export function managed(): Record<string, string> {
  return {
    "pulumi.com/waitFor": "jsonpath={.metadata.uid}",
    "pulumi.com/patchForce": "true",
  };
}

/** Twelve hex digits that change with an object's specification. */
export function hashOf(specification: unknown): pulumi.Output<string> {
  return pulumi
    .jsonStringify(specification)
    .apply((text) => createHash("sha256").update(text).digest("hex").slice(0, 12));
}
