import { oneLine } from "../../kube/oneLine.ts";
import { cause, type Cause } from "./cause.ts";
import { condition, isTerminating, roleOf, type Pod } from "./objects.ts";
import { atMost, resourceCommand } from "./resourceCommand.ts";
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
  if (last === undefined) return null;
  const { reason = "", message } = last.status ?? {};
  const node = last.spec.nodeName ?? "its node";
  const why = message === undefined ? "" : `: ${oneLine(message)}`;
  const oldest = Math.max(...fresh.map((pod) => ageOf(snapshot, pod)));
  return cause(
    `pod ${last.metadata.name} was ${message?.includes("rejected") === true ? "refused" : "ended"} by node ${node} (${reason})${why} — ${remedy(reason, node, last)}`,
    oldest,
    GRACE,
  );
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

function remedy(reason: string, node: string, pod: Pod): string {
  const [, resource = ""] = /^OutOf(cpu|memory)$/.exec(reason) ?? [];
  const asked = pod.spec.containers[0]?.resources?.requests?.[resource];
  if (asked !== undefined) {
    const quantity = atMost(asked, resource === "cpu" ? "100m" : "512Mi");
    return `ask for less: ${resourceCommand(roleOf(pod), resource, quantity)}`;
  }
  if (reason.startsWith("Preempt")) {
    return "give the pods a higher priority: pulumi config set priorityClass <name>";
  }
  if (reason === "DeadlineExceeded") {
    return "give the pods the stack's own settings back: pulumi up --refresh";
  }
  return /^(NodeShutdown|Terminated|NodeLost)$/.test(reason)
    ? `bring that node back, or add another, see: kubectl get nodes -o wide`
    : `see what it lacks: kubectl describe node ${node}`;
}
