import { MAKE_AGAIN } from "./absenceFault.ts";
import { roleOf, type Pod } from "./objects.ts";
import { atMost, resourceCommand } from "./resourceCommand.ts";
import type { Snapshot } from "./snapshot.ts";

type Remedy = (found: readonly string[], snapshot: Snapshot, pod: Pod) => string;

/** Words of the scheduler's plugins, and what to do; the first that is found counts. */
const REMEDIES: readonly (readonly [words: RegExp, remedy: Remedy])[] = [
  [/persistentvolumeclaim "[^"]+" (?:not found|is being deleted)/, () => MAKE_AGAIN],
  [
    /scheduling gates/,
    (_, { objects }, { metadata }) =>
      `whoever has put a gate there opens it, see: kubectl -n ${objects.namespace} get pod ${metadata.name} -o jsonpath={.spec.schedulingGates}`,
  ],
  [/Insufficient nvidia/, () => "nodes without that GPU: pulumi config set gpus 0"],
  [/Insufficient (memory)/, less("512Mi")],
  [/Insufficient (cpu)/, less("100m")],
  [/anti-affinity/, () => "let clients share a node: pulumi config set spread preferred"],
  [/untolerated taint \{node\.kubernetes\.io\/unschedulable/, uncordon],
  [/node\(s\) were unschedulable/, uncordon],
  [
    /untolerated taint \{(node\.kubernetes\.io\/[\w-]+)/,
    ([, key = ""]) => `wait until the nodes are well again (${key}), see: kubectl describe nodes`,
  ],
  [/untolerated taint \{([^:}]+)/, tolerate],
  [/node affinity\/selector/, label],
  [
    /volume node affinity conflict/,
    () => "bring the node of its volume back, see: kubectl get pv,nodes -o wide",
  ],
  [
    /persistent volumes to bind/,
    () =>
      "make a volume for it, or take a class that makes them: pulumi config set storageClass <name>",
  ],
];

/** Remedies that make room for a pod, by what the scheduler says is lacking. */
export function schedulingRemedy(reason: string, snapshot: Snapshot, pod: Pod): string {
  for (const [words, remedy] of REMEDIES) {
    const found = words.exec(reason);
    if (found !== null) return remedy(found, snapshot, pod);
  }
  return "add a node, or see: kubectl get nodes -o wide";
}

/** Asks for half, and for no more than `most`. */
function less(most: string): Remedy {
  return ([, resource = ""], _, pod) => {
    const asked = pod.spec.containers[0]?.resources?.requests?.[resource];
    const quantity = asked === undefined ? most : atMost(asked, most);
    return `ask for less: ${resourceCommand(roleOf(pod), resource, quantity)}`;
  };
}

/** Lets the pod come to nodes with a taint. Whoever has tainted them may have a reason. */
function tolerate([, key = ""]: readonly string[], _: Snapshot, pod: Pod): string {
  const setting = `${roleOf(pod)}Pod`;
  const number = pod.spec.tolerations?.filter(isOwn).length ?? 0;
  const set = (field: string, value: string): string =>
    `pulumi config set --path '${setting}.tolerations[${number}].${field}' ${value}`;
  return `tolerate it: ${set("key", key)} && ${set("operator", "Exists")}, or take it off: kubectl taint nodes --all ${key}-`;
}

/** Whether a toleration is none of those that Kubernetes gives every pod. */
function isOwn({ key = "" }: { readonly key?: string }): boolean {
  return !/^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(key);
}

function uncordon(_: readonly string[], { objects }: Snapshot): string {
  const isCordoned = ({ key }: { readonly key: string }): boolean =>
    key === "node.kubernetes.io/unschedulable";
  const node = objects.nodes?.find(({ spec }) => spec?.taints?.some(isCordoned) === true);
  return `let it take pods again: kubectl uncordon ${node?.metadata.name ?? "<node>"}`;
}

/** Names the labels that the pod's node must have. */
function label(_: readonly string[], { objects }: Snapshot, { spec }: Pod): string {
  const wanted = Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (wanted.some((one) => one.startsWith("kubernetes.io/arch="))) {
    return "build for the nodes that there are: pulumi config rm platform";
  }
  const [node] = objects.nodes ?? [];
  return wanted.length === 0
    ? "add a node that fits, see: kubectl get nodes --show-labels"
    : `add a node with these labels, or give them to one: kubectl label node ${node?.metadata.name ?? "<node>"} ${wanted.join(" ")}`;
}
