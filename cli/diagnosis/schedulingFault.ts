import { oneLine } from "../../kube/oneLine.ts";
import { condition, isServer, isTerminating, roleOf, type Pod } from "./objects.ts";
import { resourceCommand } from "./resourceCommand.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a pod may wait for a node; `newNode` while the cluster adds a node for it. */
const GRACE = { unschedulable: 60, newNode: 600 } as const;

/** Finds a pod that no node takes, and repeats the scheduler's words; or null. */
export function schedulingFault(snapshot: Snapshot, pod: Pod): string | null {
  const scheduled = condition(pod, "PodScheduled");
  if (scheduled?.status !== "False" || scheduled.reason !== "Unschedulable") return null;
  const message = scheduled.message ?? "";
  // A claim that is pending has a fault and a grace period of its own.
  const pending = snapshot.objects.claims.some((claim) => claim.status?.phase === "Pending");
  if (pending && message.includes("PersistentVolumeClaim")) return null;
  const { metadata } = pod;
  const scaling = snapshot.eventsOf(metadata, "TriggeredScaleUp", "Nominated").length > 0;
  const since = snapshot.secondsSince(scheduled.lastTransitionTime);
  if (since <= (scaling ? GRACE.newNode : GRACE.unschedulable)) return null;
  // Strip the scheduler's notes on preemption: nothing can be preempted for our pods.
  const reason = oneLine(
    message.replace(/,? ?(no new claims to deallocate, )?preemption:.*$/s, ""),
  );
  const effect = isServer(pod) ? "the server does not run" : clientsThatRun(snapshot);
  return `${effect}: no node takes pod ${metadata.name}: ${reason} — ${remedy(reason, pod)}`;
}

/** Counts pods of an older template, too: they run until new ones take their place. */
function clientsThatRun(snapshot: Snapshot): string {
  const clients = snapshot.objects.pods.filter((pod) => !isServer(pod));
  const running = clients.filter(
    (pod) => !isTerminating(pod) && pod.status?.phase === "Running",
  ).length;
  return `${running} of ${snapshot.clients?.spec.replicas ?? clients.length} clients run`;
}

/** Command that makes room, by what the scheduler says is lacking. */
function remedy(reason: string, pod: Pod): string {
  const ask = (resource: string, quantity: string): string =>
    `ask for less: ${resourceCommand(roleOf(pod), resource, quantity)}`;
  if (reason.includes("Insufficient nvidia")) {
    return "nodes without that GPU: pulumi config set gpus 0";
  }
  if (reason.includes("Insufficient memory")) return ask("memory", "512Mi");
  if (reason.includes("Insufficient cpu")) return ask("cpu", "100m");
  if (reason.includes("anti-affinity")) {
    return "let clients share a node: pulumi config set spread preferred";
  }
  return "add a node, or see: kubectl get nodes -o wide";
}
