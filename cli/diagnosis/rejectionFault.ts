import { oneLine } from "../../kube/oneLine.ts";
import { cause, type Cause } from "./cause.ts";
import { condition, isTerminating, roleOf, type Pod } from "./objects.ts";
import { atMost, resourceCommand } from "./resourceCommand.ts";
import { repeatedRejection } from "./repeatedRejection.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds for which a node may refuse pods, or evict them, before another takes them. */
const GRACE = 60;
/** Seconds after which an ended pod no longer counts. */
const FORGOTTEN = 300;

/**
 * Finds a pod that its node has refused, evicted or lost, while no other of its kind has taken its
 * place; or null. The kubelet's words are told: OutOfcpu, NodeAffinity, UnexpectedAdmissionError,
 * Evicted, Preempting, NodeShutdown and whatever it may say.
 */
export function rejectionFault(snapshot: Snapshot): Cause | null {
  const ended = snapshot.objects.pods.filter(
    (pod) => pod.status?.phase === "Failed" && pod.status.reason !== undefined,
  );
  const fresh = ended.filter((pod) => ageOf(snapshot, pod) <= FORGOTTEN);
  const last = fresh.filter((pod) => !isReplaced(snapshot, pod)).at(-1);
  const again = repeatedRejection(snapshot);
  if (again !== null) {
    const { name, reason, message, node, seconds } = again;
    const pod = snapshot.objects.pods.find(({ metadata }) => metadata.name === name);
    // A run that needs fewer clients goes on without it.
    const isSpare = snapshot.replicas > snapshot.clientsNeeded(false);
    const text = sentence(name, `Pod was rejected: ${message}`, reason, pod, node);
    return cause(text, seconds, isSpare ? Infinity : GRACE);
  }
  if (last === undefined) return null;
  const { reason = "", message } = last.status ?? {};
  const oldest = Math.max(...fresh.map((pod) => ageOf(snapshot, pod)));
  return cause(sentence(last.metadata.name, message, reason, last), oldest, GRACE);
}

/**
 * @param message words of the kubelet, if any
 * @param node node of that kubelet, where the pod is not there or not bound
 */
function sentence(
  name: string,
  message: string | undefined,
  reason: string,
  pod: Pod | undefined,
  node = pod?.spec.nodeName,
): string {
  const does = message?.includes("rejected") === true ? "refused" : "ended";
  const words = message?.replace(/^Pod was rejected: /, "");
  const why = words === undefined ? "" : `: ${oneLine(words)}`;
  return `pod ${name} was ${does} by ${node === undefined ? "its node" : `node ${node}`} (${reason})${why} — ${remedy(reason, node, pod)}`;
}

function ageOf(snapshot: Snapshot, pod: Pod): number {
  const disrupted = condition(pod, "DisruptionTarget")?.lastTransitionTime;
  return snapshot.secondsSince(
    disrupted ?? pod.status?.startTime ?? pod.metadata.creationTimestamp,
  );
}

/** Tells whether a newer pod of its kind runs. */
function isReplaced({ objects }: Snapshot, pod: Pod): boolean {
  const isIt = (other: Pod): boolean =>
    roleOf(other) === "server"
      ? roleOf(pod) === "server"
      : other.metadata.name === pod.metadata.name;
  return objects.pods.some(
    (other) => other.status?.phase === "Running" && !isTerminating(other) && isIt(other),
  );
}

/** Reasons for which a node lacks nothing: the pod asks for what it does not allow. */
const NOT_ALLOWED =
  /^(SysctlForbidden|AppArmor|PodOS\w+|SupplementalGroups\w+|PodLevelResources\w+|InitContainer\w+|DeadlineExceeded)$/;

function remedy(reason: string, node: string | undefined, pod?: Pod): string {
  const [, resource = ""] = /^OutOf(cpu|memory)$/.exec(reason) ?? [];
  const asked = pod?.spec.containers[0]?.resources?.requests?.[resource];
  if (pod !== undefined && asked !== undefined) {
    const quantity = atMost(asked, resource === "cpu" ? "100m" : "512Mi");
    return `ask for less: ${resourceCommand(roleOf(pod), resource, quantity)}`;
  }
  if (reason.startsWith("Preempt")) {
    return "give the pods a higher priority: pulumi config set priorityClass <name>";
  }
  if (NOT_ALLOWED.test(reason)) {
    const setting = pod === undefined ? "clientPod" : `${roleOf(pod)}Pod`;
    return `take it out of the setting ${setting}, or, where somebody else gave it to the pods: pulumi up --refresh`;
  }
  if (/^(NodeShutdown|Terminated|NodeLost)$/.test(reason)) {
    return `bring that node back, or add another, see: kubectl get nodes -o wide`;
  }
  return `see what it lacks: kubectl describe ${node === undefined ? "nodes" : `node ${node}`}`;
}
