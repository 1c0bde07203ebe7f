import * as pulumi from "@pulumi/pulumi";
import { oneLine } from "../kube/oneLine.ts";
import { quotaCommand } from "../kube/quota.ts";

/** Kinds of refusals by the API server, and the remedy; the first whose words are found counts. */
const KINDS: readonly (readonly [
  words: RegExp,
  remedy: (namespace: string, words: string, found: RegExpExecArray) => string | undefined,
])[] = [
  [
    /exceeded quota: /,
    (namespace, words) => {
      const command = quotaCommand(namespace, words, 1);
      return command === undefined ? undefined : `raise it: ${command} && pulumi up`;
    },
  ],
  [
    /maximum storage usage per PersistentVolumeClaim is ([\w.]+)/,
    (_, __, [, most = ""]) => `ask for what it allows: pulumi config set storage ${most}`,
  ],
  [
    /minimum storage usage per PersistentVolumeClaim is ([\w.]+)/,
    (_, __, [, least = ""]) => `ask for what it allows: pulumi config set storage ${least}`,
  ],
  [
    /User "[^"]+" cannot \w+ resource/,
    (namespace) =>
      `have somebody who may give you the Role of docs/rights.md, see: kubectl -n ${namespace} auth can-i --list`,
  ],
  [
    /failed calling webhook/,
    () =>
      "have the cluster's administrators start that program, see: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
  ],
  [
    /ValidatingAdmissionPolicy '([^']+)'/,
    (namespace, _, [, name = ""]) =>
      `the cluster's administrators made that rule: have them exempt namespace ${namespace}, see: kubectl get validatingadmissionpolicy ${name} -o yaml`,
  ],
  [
    /admission webhook "([^"]+)" denied/,
    (namespace, _, [, name = ""]) =>
      `the cluster's administrators made that rule: have them exempt namespace ${namespace} from webhook ${name}`,
  ],
];

/**
 * Tells why the API server refuses an object of the stack, and the remedy; undefined where nobody knows
 * one. Pods are refused later, to their controllers, and the command of the run tells of them.
 */
export function refusedObject(namespace: string, error: string): string | undefined {
  const words = oneLine(error).replace(/^.*by the Kubernetes API server: /, "");
  for (const [pattern, remedy] of KINDS) {
    const found = pattern.exec(words);
    const told = found === null ? undefined : remedy(namespace, words, found);
    if (told !== undefined) return `${words} — ${told}`;
  }
  return undefined;
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
