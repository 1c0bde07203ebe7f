import { oneLine } from "../../kube/oneLine.ts";
import type { Cause } from "./cause.ts";
import { firstSeen, lastSeen, type Event } from "./event.ts";
import { condition, isReady, isServer, roleOf, type Meta, type Workload } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds for which a warning counts that is not repeated. */
const FORGOTTEN = 120;
/** Seconds within which the rules tell what they know: only then a warning speaks for itself. */
const UNKNOWN = 6;
/** Seconds for which a pod that starts may fail its probes; a client has joined the server then. */
const STARTING = { server: 10, client: 30 } as const;

/**
 * Finds the newest warning about an object that is not as it should be, and repeats Kubernetes' own
 * words: what no rule knows is told, too. It never ends an update: nobody knows whether it passes.
 */
export function warningFault(snapshot: Snapshot): Cause | null {
  const warnings = unwell(snapshot).flatMap(({ kind, metadata }) => {
    const events = snapshot.eventsOf(metadata);
    const last = events.at(-1);
    if (last === undefined || !counts(snapshot, last)) return [];
    // Events have whole seconds: one of the same second may be the newer one.
    const isOver = events.some((one) => one.type === "Normal" && lastSeen(one) === lastSeen(last));
    return isOver ? [] : [{ kind, metadata, last }];
  });
  const [first] = warnings.sort((a, b) => lastSeen(b.last) - lastSeen(a.last));
  if (first === undefined) return null;
  const { kind, metadata, last } = first;
  return {
    text: `${kind} ${metadata.name}: ${last.reason ?? "warning"}: ${oneLine(last.message ?? "")} — these are Kubernetes' own words — see: kubectl -n ${snapshot.objects.namespace} describe ${kind} ${metadata.name}`,
    lasts: false,
  };
}

interface Unwell {
  readonly kind: string;
  readonly metadata: Meta;
}

/** Objects of the federation that are not as they should be. */
function unwell(snapshot: Snapshot): Unwell[] {
  const { claims } = snapshot.objects;
  const pods = snapshot.currentPods().filter((pod) => !isReady(pod));
  const pending = claims.filter(({ status }) => status?.phase !== "Bound");
  const workload = (kind: string, one: Workload | undefined): Unwell[] =>
    one === undefined || hasAll(one) ? [] : [{ kind, metadata: one.metadata }];
  return [
    ...pending.map(({ metadata }) => ({ kind: "pvc", metadata })),
    ...pods.map(({ metadata }) => ({ kind: "pod", metadata })),
    ...snapshot.serverReplicaSets().flatMap((set) => workload("replicaset", set)),
    ...workload("deployment", snapshot.server),
    ...workload("statefulset", snapshot.clients),
  ];
}

function hasAll({ spec, status }: Workload): boolean {
  return (status?.availableReplicas ?? 0) >= (spec.replicas ?? 1);
}

/** Tells whether it is a warning of now, and no step on the way. */
function counts(snapshot: Snapshot, event: Event): boolean {
  return (
    event.type === "Warning" &&
    // admissionFault knows these, and which of them are over.
    event.reason !== "FailedCreate" &&
    snapshot.secondsSince(firstSeen(event)) >= UNKNOWN &&
    snapshot.secondsSince(lastSeen(event)) <= FORGOTTEN &&
    (event.reason !== "Unhealthy" || isUnhealthy(snapshot, event))
  );
}

/** A pod that starts is not ready at first, and no client is before the server is. */
function isUnhealthy(snapshot: Snapshot, { involvedObject, message = "" }: Event): boolean {
  const pods = snapshot.currentPods();
  const pod = pods.find(({ metadata }) => metadata.name === involvedObject.name);
  if (pod === undefined || message.startsWith("Startup probe")) return false;
  // So a client answers that is not connected, of which other rules tell more.
  if (!isServer(pod) && message.endsWith("statuscode: 503")) return false;
  const since = condition(pod, "Ready")?.lastTransitionTime ?? pod.status?.startTime;
  return (
    snapshot.secondsSince(since) >= STARTING[roleOf(pod)] &&
    (isServer(pod) || pods.some((one) => isServer(one) && isReady(one)))
  );
}
