import { MAKE_AGAIN } from "./absenceFault.ts";
import type { Pod } from "./objects.ts";
import { isOwnName } from "./ownName.ts";
import { podRemedy, type Remedies } from "./podRemedy.ts";
import type { Snapshot } from "./snapshot.ts";

/** Words of the kubelet and the runtime about what a pod needs before it runs, and what to do. */
const REMEDIES: Remedies = [
  [
    /(configmap|secret|persistentvolumeclaim|serviceaccount)s? "(?:[^"/]+\/)?([^"]+)" not found/i,
    madeAgain,
  ],
  [/couldn't find key (\S+) in (ConfigMap|Secret) [^/]+\/(\S+)/, keyAdded],
  [
    /non-existent (secret|config) key: (\S+)/,
    ([, kind = "", key = ""], { objects }) =>
      `add key ${key} to it, or name another, see: kubectl -n ${objects.namespace} get ${kind === "secret" ? "secrets" : "configmaps"}`,
  ],
  [
    /image pull secrets \(/,
    (_, { objects }) =>
      `make it, or name another, see: kubectl -n ${objects.namespace} get secrets`,
  ],
  [
    /driver \S+ is not registered/,
    (_, __, { spec }) =>
      `start that driver on the node, see: kubectl describe node ${spec.nodeName ?? ""}`,
  ],
  [
    /failed to (?:assign|allocate)[^;]* (?:IP|address)|no (?:available )?(?:IP|addresses)|no IP addresses available/i,
    (_, __, { spec }) =>
      `end pods that nobody needs, or add a node: node ${spec.nodeName ?? ""} has no address left, see: kubectl get pods -A -o wide`,
  ],
  [
    /cni|setup network|network is not ready|network plugin/i,
    (_, __, { spec }) =>
      `mend the network of that node, see: kubectl describe node ${spec.nodeName ?? ""}`,
  ],
  [
    /no space left|too many open files|cannot fork|resource temporarily unavailable/i,
    (_, __, { spec }) =>
      `make room on that node, see: kubectl describe node ${spec.nodeName ?? ""}`,
  ],
  [
    /runtime(?: handler)? "?\S+"? (?:not|is not) (?:found|configured|supported)|no runtime for/i,
    (_, __, { spec }) =>
      `install that runtime on the node, or name another class, see: kubectl describe node ${spec.nodeName ?? ""}`,
  ],
  [
    /seccomp|apparmor/i,
    (_, __, { spec }) =>
      `put that profile on node ${spec.nodeName ?? ""}, or give the pods the stack's own settings back: pulumi up --refresh`,
  ],
  [
    /image will run as root|non-numeric user|runAsUser breaks/i,
    () => "give the pods the stack's own settings back: pulumi up --refresh",
  ],
];

/** Remedy for what keeps a pod on its node from being set up. */
export function preparationRemedy(message: string, snapshot: Snapshot, pod: Pod): string {
  return podRemedy(REMEDIES, message, snapshot, pod);
}

/** A key that the stack's object lacks is made again, too; another object is its owner's. */
function keyAdded(
  [, key = "", kind = "", name = ""]: RegExpExecArray,
  { objects }: Snapshot,
): string {
  return isOwnName(name)
    ? MAKE_AGAIN
    : `add key ${key} to it: kubectl -n ${objects.namespace} edit ${kind.toLowerCase()} ${name}`;
}

/** The stack makes its own objects again; another one is its owner's. */
function madeAgain([, kind = "", name = ""]: RegExpExecArray, { objects }: Snapshot): string {
  return isOwnName(name)
    ? MAKE_AGAIN
    : `make it, or name another, see: kubectl -n ${objects.namespace} get ${kind.toLowerCase()}s`;
}
