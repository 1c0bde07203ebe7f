import * as pulumi from "@pulumi/pulumi";
import type { KubernetesApi } from "../kube/clusterFacts.ts";
import { ERROR_SHOWN } from "./exitCode.ts";
import { liveObject } from "./liveObjects.ts";
import { goneSentence, isGone } from "./refusals.ts";
import type { HeldObject, ObjectRef } from "./stackState.ts";

/** Compares an object that Pulumi believes to exist with the cluster's. */
export type Verify = (object: HeldObject) => Promise<void>;

/**
 * Ends the program with one sentence when an object is no longer in the cluster. Pulumi does not
 * touch an object whose declaration is unchanged, so the stack's outputs would be wrong.
 * @param isElsewhere whether the cluster is known to be another one than at the last update
 */
export function verification(api: KubernetesApi, context: string, isElsewhere = false): Verify {
  return async (object) => {
    if (!isGone(object, await liveObject(api, object))) return;
    await pulumi.log.error(goneSentence(context, object, isElsewhere));
    // A rejected output would be reported once for each resource that waits for it.
    process.exit(ERROR_SHOWN);
  };
}

/** The value, once the object has been verified; a preview verifies nothing. */
export function verified<T>(
  verify: Verify | undefined,
  kind: ObjectRef["kind"],
  metadata: pulumi.Output<Metadata>,
  value: pulumi.Input<T>,
): pulumi.Output<T> {
  // In a preview parts of the metadata may be unknown. They would make the value unknown, and Pulumi
  // would replace every object whose namespace is unknown.
  if (verify === undefined) return pulumi.output(value) as pulumi.Output<T>;
  return pulumi.all([metadata, value]).apply(async ([{ name, namespace, uid }, known]) => {
    const object = { kind, name, namespace: kind === "Namespace" ? "" : namespace, uid };
    await verify(object);
    return known as T;
  });
}

interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
}
