import * as pulumi from "@pulumi/pulumi";
import type { KubernetesApi } from "../kube/clusterFacts.ts";
import { liveObject } from "./liveObjects.ts";
import { results } from "./refusals.ts";
import { KINDS, type StackState } from "./stackState.ts";

/** A resource that Pulumi is about to make. */
export interface Making {
  readonly urn: string;
  readonly type: string;
  /** Inputs of a Kubernetes object. */
  readonly newInputs?: {
    readonly metadata?: { readonly name?: string; readonly namespace?: string };
  };
}

/**
 * Transformation by which no object of the stack is replaced that is there. Somebody can ask for it
 * (`--replace`, `--target-replace`, `pulumi state taint`), and names are fixed: Pulumi would make an
 * object that exists, which changes nothing, and then delete it.
 */
export function neverReplaced(
  state: StackState,
  api: KubernetesApi,
): pulumi.ResourceTransformation {
  const hook = new pulumi.ResourceHook(
    "never-replaced",
    async (making) => {
      const sentence = await replacementSentence(making, state, api);
      if (sentence !== undefined) throw new Error(sentence);
    },
    { onDryRun: true },
  );
  return ({ type, props, opts }) =>
    KINDS.test(type)
      ? { props, opts: { ...opts, hooks: { beforeCreate: [hook] } } }
      : { props, opts };
}

/** The sentence for making an object of the stack that is there; undefined when it may be made. */
export async function replacementSentence(
  { urn, type, newInputs }: Making,
  state: StackState,
  api: KubernetesApi,
): Promise<string | undefined> {
  const [, kind] = KINDS.exec(type) ?? [];
  const { name, namespace = "" } = newInputs?.metadata ?? {};
  const held = state.objects.find(
    (one) => one.kind === kind && one.name === name && one.namespace === namespace,
  );
  if (held === undefined) return undefined;
  const holdsResults = held.kind === "Namespace" || held.uid === state.claim?.uid;
  // A change may replace another object by deleting it first, which a preview does not do.
  if (pulumi.runtime.isDryRun() && !holdsResults) return undefined;
  const found = await liveObject(api, held);
  if (found?.uid !== held.uid) return undefined;
  const loss = holdsResults ? `, with ${results(state)}` : "";
  return `${held.kind} ${held.name} is there, and to replace it would delete it${loss}: a new one has the same name — an update changes it where it is — leave out --replace and --target-replace; after \`pulumi state taint\`: pulumi state untaint '${urn}'`;
}
