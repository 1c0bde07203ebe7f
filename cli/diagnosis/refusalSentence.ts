import { admissionRemedy } from "../../kube/admission.ts";
import { MAKE_AGAIN } from "./absenceFault.ts";
import { quotaRemedy } from "./quotaRemedy.ts";
import type { Refusal } from "./refusal.ts";
import { resourceCommand, settingOf } from "./resourceCommand.ts";

/** A kind of refusal: what the API server says, and the remedy. */
type Kind = readonly [
  words: RegExp,
  remedy: (found: readonly string[], refusal: Refusal) => string | undefined,
];

/** Kinds of refusals; the first whose words are found and that has a remedy counts. */
const KINDS: readonly Kind[] = [
  [/(?:exceeded|failed) quota: /, (_, refusal) => quotaRemedy(refusal)],
  [
    /(maximum|minimum) ([\w-]+) usage per \w+ is ([\w.]+), but \w+ is /,
    ([, , resource = "", quantity = ""], { role }) => {
      const setting = settingOf(resource);
      return setting === undefined
        ? undefined
        : `ask for what it allows: ${resourceCommand(role, setting, quantity)}`;
    },
  ],
  [/no PriorityClass with name /, () => "take the cluster's: pulumi config rm priorityClass"],
  [/serviceaccount "[^"]+" not found/, () => MAKE_AGAIN],
  [/failed calling webhook/, administrators],
  [
    /insufficient quota to match these scopes/,
    () => "take the cluster's: pulumi config rm priorityClass",
  ],
  [
    // A LimitRange gives containers a limit of CPUs that is below what ours ask for.
    /Invalid value: "(\w+)": must be less than or equal to cpu limit/,
    ([, asked = ""], { role }) =>
      `set a limit of its own: ${resourceCommand(role, "cpuLimit", asked)}`,
  ],
  [
    /cpu max limit to request ratio per \w+ is ([\d.]+)/,
    ([, ratio = ""], { role }) =>
      `set a limit of at most ${ratio} times the cpu: ${resourceCommand(role, "cpuLimit", "<value>")}`,
  ],
  [
    /ephemeral-storage max limit to request ratio per \w+ is ([\d.]+)/,
    ([, ratio = ""], { role }) =>
      `request the limit, or 1/${ratio} of it: ${resourceCommand(role, "ephemeralStorageRequest", "<value>")}`,
  ],
  [
    /must specify|limit to request ratio|usage per \w+ is/,
    (_, { namespace }) =>
      `have the namespace's owner allow it, see: kubectl -n ${namespace} describe quota,limitrange`,
  ],
  [
    /RuntimeClass "[^"]+" not found/,
    (_, { role }) =>
      `name a class that the cluster has: pulumi config set --path ${role}Pod.runtimeClassName <class>, see: kubectl get runtimeclasses`,
  ],
  [
    /violates PodSecurity/,
    (_, { namespace }) =>
      `let the namespace take it: kubectl label namespace ${namespace} pod-security.kubernetes.io/enforce=baseline --overwrite`,
  ],
  [
    /\b(?:runAsUser|runAsGroup|fsGroup)\b/,
    () => "leave user and group to the cluster: pulumi config set runAs cluster",
  ],
  [
    /security context constraint/,
    (_, { namespace }) =>
      `let the namespace's accounts use one that fits: kubectl -n ${namespace} create rolebinding kubeflower-scc --clusterrole=system:openshift:scc:nonroot-v2 --group=system:serviceaccounts:${namespace}`,
  ],
  [
    /node label selector/,
    (_, { namespace }) =>
      `ask for the nodes that the namespace may use, see: kubectl get namespace ${namespace} -o yaml`,
  ],
  [
    /timed out|timeout: request|etcdserver|too many requests|deadline exceeded|try again/i,
    () => "wait until the API server answers in time, see: kubectl get --raw /readyz?verbose",
  ],
  [/ValidatingAdmissionPolicy '|admission webhook "/, administrators],
];

function administrators(_: readonly string[], { namespace, message }: Refusal): string | undefined {
  return admissionRemedy(namespace, message);
}

/** Tells who refuses a pod, and the remedy: one sentence. */
export function refusalSentence(refusal: Refusal): string {
  const { namespace, role, message } = refusal;
  const pod = role === "server" ? "the server's pod" : "a client's pod";
  const who = /exceeded quota/.test(message) ? "refused by the namespace's quota" : "refused";
  const plain = message
    .replace(/^.*?(?:Error creating|failed error): /, "")
    .replace(/^pods "[^"]*" is forbidden: /, "");
  for (const [words, remedy] of KINDS) {
    const found = words.exec(plain);
    const text = found === null ? undefined : remedy(found, refusal);
    if (text !== undefined) return `${pod} is ${who}: ${plain} — ${text}`;
  }
  return `${pod} is ${who}: ${plain} — see: kubectl -n ${namespace} get events`;
}
