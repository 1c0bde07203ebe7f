import * as pulumi from "@pulumi/pulumi";
import { admissionRemedy } from "../kube/admission.ts";
import { oneLine } from "../kube/oneLine.ts";
import { quotaCommand } from "../kube/quota.ts";

/** Words of a LimitRange about the claim of the server's volume. */
const STORAGE = /"flower-server[^"]*" is forbidden: m\w+ storage usage per \w+ is ([\w.]+)/;

/** Remedy for the API server's refusal of an object of the stack; undefined where nobody knows one. */
function remedyOf(namespace: string, words: string): string | undefined {
  const quota = quotaCommand(namespace, words, 1);
  if (quota !== undefined) return `raise it: ${quota} && pulumi up`;
  const [, size] = STORAGE.exec(words) ?? [];
  if (size !== undefined) return `ask for what it allows: pulumi config set storage ${size}`;
  if (/User "[^"]+" cannot \w+ resource "namespaces"/.test(words)) {
    return "take one that is there: pulumi config set namespace <name>, with createNamespace false";
  }
  if (/User "[^"]+" cannot \w+ resource/.test(words)) {
    return `have an administrator give you the rights of docs/rights.md, see: kubectl -n ${namespace} auth can-i --list`;
  }
  return admissionRemedy(namespace, words);
}

/**
 * Tells why the API server refuses an object of the stack, and the remedy; undefined where nobody knows
 * one. Pods are refused later, to their controllers, and the command of the run tells of them.
 */
export function refusedObject(namespace: string, error: string): string | undefined {
  const words = oneLine(error).replace(/^.*by the Kubernetes API server: /, "");
  const remedy = remedyOf(namespace, words);
  return remedy === undefined ? undefined : `${words} — ${remedy}`;
}

/**
 * Transformation by which the remedy of a refusal is told beside the provider's own words.
 * @param namespace namespace of the stack's objects
 */
export function tellsRefusals(namespace: string): pulumi.ResourceTransformation {
  const parents = new Map<string, pulumi.Resource | undefined>();
  const hook = new pulumi.ErrorHook("tells-refusals", async ({ name, errors: [error = ""] }) => {
    const told = refusedObject(namespace, error);
    // A log line of the object itself would wait for its URN, which it gets only once it is made.
    if (told !== undefined) await pulumi.log.error(told, parents.get(name));
    return false;
  });
  return ({ name, type, props, opts }) => {
    if (!type.startsWith("kubernetes:")) return { props, opts };
    parents.set(name, opts.parent);
    return { props, opts: { ...opts, hooks: { ...opts.hooks, onError: [hook] } } };
  };
}
