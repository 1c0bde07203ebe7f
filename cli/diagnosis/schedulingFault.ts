import { oneLine } from "../../kube/oneLine.ts";
import { cause, type Cause } from "./cause.ts";
import { waitsForVolume } from "./claimFault.ts";
import type { Event } from "./event.ts";
import { condition, isServer, isTerminating, roleOf, type Condition, type Pod } from "./objects.ts";
import { schedulingRemedy } from "./schedulingRemedy.ts";
import type { Snapshot } from "./snapshot.ts";
import { storageFault } from "./storageFault.ts";

/** Seconds that a pod may wait for a node; `newNode` while the cluster adds a node for it. */
const GRACE = { unschedulable: 60, newNode: 600 } as const;
/** Seconds within which a scheduler has looked at a pod, and a claim has a cause of its own. */
const LOOKING = 8;
/** Events of autoscalers: a node comes, or none does. */
const COMES = ["TriggeredScaleUp", "Nominated"];
const COMES_NOT = [
  "NotTriggerScaleUp",
  "FailedScaleUp",
  "FailedToScaleUpGroup",
  "NoCompatibleNodePool",
];

/** Finds a pod that no node takes, and repeats the scheduler's words; or null. */
export function schedulingFault(snapshot: Snapshot, pod: Pod): Cause | null {
  const scheduled = condition(pod, "PodScheduled");
  if (scheduled === undefined) return unseenFault(snapshot, pod);
  if (scheduled.status !== "False") return null;
  const { metadata } = pod;
  const message = scheduled.message ?? scheduled.reason ?? "";
  const isForClaim = message.includes("PersistentVolumeClaim") && hasPendingClaim(snapshot);
  if (isForClaim && isClaimsFault(snapshot)) return null;
  const scaling = snapshot.eventsOf(metadata, ...COMES, ...COMES_NOT).at(-1);
  const comes = COMES.includes(scaling?.reason ?? "");
  const reason = wordsOf(message);
  const effect = isServer(pod) ? "the server does not run" : clientsThatRun(snapshot);
  return cause(
    `${effect}: no node takes pod ${metadata.name}: ${reason}${newNode(scaling)} — ${comes ? "wait for it, or " : ""}${schedulingRemedy(reason, snapshot, pod)}`,
    ageOf(snapshot, pod, scheduled),
    graceOf(comes, isForClaim),
  );
}

/** Scheduler that each cluster has. */
const DEFAULT = "default-scheduler";

/** Finds a pod that no scheduler has looked at. */
function unseenFault(snapshot: Snapshot, pod: Pod): Cause | null {
  const { metadata, spec } = pod;
  const seconds = snapshot.secondsSince(metadata.creationTimestamp);
  if (seconds < LOOKING) return null;
  if (spec.nodeName !== undefined) return nodelessFault(snapshot, pod, seconds);
  if (waitsForVolume(snapshot, pod)) return null;
  const { resourceClaims = [] } = spec;
  if (resourceClaims.length > 0) {
    const [event] = snapshot.eventsOf(metadata, "FailedResourceClaimCreation");
    const names = resourceClaims.map(({ name }) => name).join(", ");
    const why = oneLine(event?.message ?? `its resource claims (${names}) are not there`, 300);
    return cause(
      `no scheduler looks at pod ${metadata.name} yet: ${why} — a pod's claims of devices come first — make what is missing, or name another, see: kubectl -n ${snapshot.objects.namespace} get resourceclaimtemplates,resourceclaims`,
      seconds,
      GRACE.unschedulable,
    );
  }
  const { schedulerName: scheduler = DEFAULT } = spec;
  const own =
    scheduler === DEFAULT
      ? ""
      : `take the cluster's: pulumi config rm --path ${roleOf(pod)}Pod.schedulerName, or `;
  return cause(
    `no scheduler has looked at pod ${metadata.name}: it waits for ${scheduler} — that program of the cluster must run — ${own}have its administrators start it, see: kubectl -n kube-system get pods`,
    seconds,
    GRACE.unschedulable,
  );
}

/** Finds a pod that a patch has bound to a node that the cluster has not: no scheduler looks at it. */
function nodelessFault({ objects }: Snapshot, pod: Pod, seconds: number): Cause | null {
  const names = (objects.nodes ?? []).map(({ metadata }) => metadata.name);
  const { nodeName = "" } = pod.spec;
  if (names.length === 0 || names.includes(nodeName)) return null;
  // The cluster deletes such a pod after half a minute, and the next one is as new.
  return cause(
    `pod ${pod.metadata.name} is bound to node ${nodeName}, which is not there — the nodes are ${names.slice(0, 5).join(", ")} — let a scheduler choose: pulumi config rm --path ${roleOf(pod)}Pod.nodeName`,
    seconds,
    LOOKING,
  );
}

/** Some volumes take minutes until they are made: that a pod waits for one never ends an update. */
function graceOf(comes: boolean, isForClaim: boolean): number {
  if (isForClaim) return Infinity;
  return comes ? GRACE.newNode : GRACE.unschedulable;
}

function hasPendingClaim({ objects }: Snapshot): boolean {
  return objects.claims.some(({ status }) => status?.phase === "Pending");
}

/** Tells whether the cause of a claim that is pending is told, or may come yet. */
function isClaimsFault(snapshot: Snapshot): boolean {
  const pending = snapshot.objects.claims.filter(({ status }) => status?.phase === "Pending");
  const isNew = pending.some(
    ({ metadata }) => snapshot.secondsSince(metadata.creationTimestamp) < LOOKING,
  );
  return isNew || storageFault(snapshot) !== null;
}

/** Tells what an autoscaler says of the pod; empty when there is none. */
function newNode(scaling: Event | undefined): string {
  if (scaling === undefined) return "";
  return COMES.includes(scaling.reason ?? "")
    ? "; the cluster adds a node for it"
    : `; no node is added: ${oneLine(scaling.message ?? "", 200)}`;
}

/** Strips the scheduler's notes on preemption: nothing can be preempted for our pods. */
function wordsOf(message: string): string {
  const reason = message.replace(/,? ?(no new claims to deallocate, )?preemption:.*$/s, "");
  return oneLine(reason).replace(/not found\. not found$/, "not found");
}

function ageOf(snapshot: Snapshot, { metadata }: Pod, { lastTransitionTime }: Condition): number {
  return snapshot.secondsSince(lastTransitionTime ?? metadata.creationTimestamp);
}

/** Counts pods of an older template, too: they run until new ones take their place. */
function clientsThatRun(snapshot: Snapshot): string {
  const clients = snapshot.objects.pods.filter((pod) => !isServer(pod));
  const running = clients.filter(
    (pod) => !isTerminating(pod) && pod.status?.phase === "Running",
  ).length;
  return `${running} of ${snapshot.clients?.spec.replicas ?? clients.length} clients run`;
}
