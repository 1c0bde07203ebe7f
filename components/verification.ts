import * as pulumi from "@pulumi/pulumi";
import type { KubernetesApi } from "./clusterFacts.ts";
import { liveObject } from "./liveObjects.ts";
import { goneSentence, isGone } from "./refusals.ts";
import type { HeldObject, ObjectRef } from "./stackState.ts";

/** Compares an object that Pulumi takes to be there with the cluster's. */
export type Verify = (object: HeldObject) => Promise<void>;

/** Exit code of a program whose error the user has been told, by Pulumi's language hosts. */
const TOLD = 32;

/**
 * Ends the program in one sentence when an object is not in the cluster any more. Pulumi leaves
 * alone what is declared as before, and the stack's outputs would say what is not.
 */
export function verification(api: KubernetesApi, context: string): Verify {
  return async (object) => {
    if (!isGone(object, await liveObject(api, object))) return;
    await pulumi.log.error(goneSentence(context, object));
    // A rejected output would be told once for each that waits for it.
    process.exit(TOLD);
  };
}

/** The value, once the object has been verified. Nothing is verified in a preview. */
export function verified<T>(
  verify: Verify | undefined,
  kind: ObjectRef["kind"],
  metadata: pulumi.Output<Metadata>,
  value: pulumi.Input<T>,
): pulumi.Output<T> {
  // In a preview metadata may be unknown in part, which would make the whole value unknown, and
  // every object whose namespace it is one to be replaced.
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
