import { MAKE_AGAIN } from "./absenceFault.ts";
import { roleOf, type Pod } from "./objects.ts";
import { isOwnName } from "./ownName.ts";
import { atMost, resourceCommand } from "./resourceCommand.ts";
import { podRemedy, type Remedies, type Remedy } from "./podRemedy.ts";
import type { Snapshot } from "./snapshot.ts";
import { taintRemedy } from "./taintRemedy.ts";

const MORE_NODES = "add a node, or see: kubectl get nodes -o wide";

/** Words of the scheduler's plugins, and what to do; the first that is found counts. */
const REMEDIES: Remedies = [
  [/persistentvolumeclaim "([^"]+)" (?:not found|is being deleted)/, madeAgain],
  [/scheduling gates/, field("whoever has put a gate there opens it", ".spec.schedulingGates")],
  [/Insufficient nvidia/, () => "nodes without that GPU: pulumi config set gpus 0"],
  [/Insufficient (memory)/, less("512Mi")],
  [/Insufficient (cpu)/, less("100m")],
  [
    /Insufficient ephemeral-storage/,
    () => "make room on the disks of the nodes, see: kubectl describe nodes",
  ],
  [
    /Insufficient (\S+\/\S+|hugepages-\w+)/,
    ([, resource = ""]) => `add a node that offers ${resource}, see: kubectl describe nodes`,
  ],
  [/Too many pods|no nodes available/, () => MORE_NODES],
  [/existing pods anti-affinity/, () => `pods of somebody else keep it off: ${MORE_NODES}`],
  [/anti-affinity/, () => "let clients share a node: pulumi config set spread preferred"],
  [
    /pod affinity/,
    field("it wants to be beside pods that no fitting node has", ".spec.affinity.podAffinity"),
  ],
  [
    /topology spread constraints/,
    field("add nodes where it wants to be", ".spec.topologySpreadConstraints"),
  ],
  [/free ports/, field("free its port of the node, or add a node", ".spec.containers[*].ports")],
  [/untolerated taint|taints that the pod didn't tolerate/, taint],
  [/node\(s\) were unschedulable/, taint],
  [/unknown conditions/, () => "wait until the nodes answer again, see: kubectl describe nodes"],
  [/Pod's node affinity\/selector|scheduler-enforced node affinity|requested node name/, label],
  [/[Rr]esource ?[Cc]laim|device class|allocate all claims/, devices],
];

/** Remedies that make room for a pod, by what the scheduler says is lacking. */
export function schedulingRemedy(reason: string, snapshot: Snapshot, pod: Pod): string {
  return podRemedy(REMEDIES, reason, snapshot, pod);
}

/** Asks for half, and for no more than `most`. */
function less(most: string): Remedy {
  return ([, resource = ""], _, pod) => {
    const asked = pod.spec.containers[0]?.resources?.requests?.[resource];
    const quantity = asked === undefined ? most : atMost(asked, most);
    return `ask for less: ${resourceCommand(roleOf(pod), resource, quantity)}`;
  };
}

/** Makes a remedy that shows the field of the pod which keeps nodes out. */
function field(remedy: string, path: string): Remedy {
  return (_, { objects }, { metadata }) =>
    `${remedy}, see: kubectl -n ${objects.namespace} get pod ${metadata.name} -o jsonpath={${path}}`;
}

/** The stack makes its own claims again; another one is its owner's. */
function madeAgain([, name = ""]: RegExpExecArray, { objects }: Snapshot): string {
  return isOwnName(name)
    ? MAKE_AGAIN
    : `make that claim, or name another, see: kubectl -n ${objects.namespace} get pvc`;
}

function taint({ input }: RegExpExecArray, { objects }: Snapshot, pod: Pod): string {
  return taintRemedy(input, objects.nodes, pod);
}

function devices(_: RegExpExecArray, { objects }: Snapshot): string {
  return `see what its devices wait for: kubectl -n ${objects.namespace} describe resourceclaims`;
}

/** Names the labels that the pod's node must have. */
function label(_: RegExpExecArray, { objects }: Snapshot, { spec }: Pod): string {
  const wanted = Object.entries(spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (wanted.some((one) => one.startsWith("kubernetes.io/arch="))) {
    return "build for the nodes that there are: pulumi config rm platform";
  }
  const [node] = objects.nodes ?? [];
  return wanted.length === 0
    ? "add a node that fits, see: kubectl get nodes --show-labels"
    : `add a node with these labels, or give them to one: kubectl label node ${node?.metadata.name ?? "<node>"} ${wanted.join(" ")}`;
}
