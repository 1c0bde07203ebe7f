import { NAMES } from "../../contract/names.ts";
import { firstSeen, lastSeen, type Event } from "./event.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds for which a refusal counts that is not repeated: the StatefulSet tries every 10 s at least. */
const FORGOTTEN = 30;
/** Pods of one name that must have met the same within that time; nobody deletes so many by hand. */
const PODS = 3;
/** Events of a pod that its node has taken; pkg/kubelet/events/event.go. */
const BEGUN = ["Pulling", "Pulled", "Created", "Started", "Killing", "FailedMount"];

/** Refusal that all pods of one name meet. */
export interface Repeated {
  readonly name: string;
  readonly reason: string;
  readonly message: string;
  /** Node whose kubelet says so. */
  readonly node: string;
  /** Seconds since the first of them. */
  readonly seconds: number;
}

/**
 * Finds a client whose pods a node refuses one after the other, or null. The StatefulSet deletes each at
 * once and makes the next, so that only the events of the kubelet are left, each about another pod.
 */
export function repeatedRejection(snapshot: Snapshot): Repeated | null {
  const groups = new Map<string, Event[]>();
  for (const event of snapshot.objects.events) {
    if (!isAboutClient(event) || isAboutPresent(snapshot, event)) continue;
    if (hasBegun(snapshot, event)) continue;
    const key = `${event.involvedObject.name ?? ""} ${event.reason ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  for (const events of groups.values()) {
    const fresh = events.filter((one) => snapshot.secondsSince(lastSeen(one)) <= FORGOTTEN);
    const pods = new Set(fresh.map(({ involvedObject }) => involvedObject.uid));
    const [last] = fresh.sort((a, b) => lastSeen(b) - lastSeen(a));
    if (last === undefined || pods.size < PODS) continue;
    return {
      name: last.involvedObject.name ?? "",
      reason: last.reason ?? "",
      message: last.message ?? "",
      node: last.source?.host ?? "",
      seconds: Math.max(...events.map((one) => snapshot.secondsSince(firstSeen(one)))),
    };
  }
  return null;
}

/** Tells whether a kubelet warns of a client's pod: only its events name a host. */
function isAboutClient(event: Event): boolean {
  const { kind = "Pod", name = "" } = event.involvedObject;
  const isByNode = event.type === "Warning" && event.source?.host !== undefined;
  return isByNode && kind === "Pod" && name.startsWith(`${NAMES.client}-`);
}

/** Tells whether the node had begun with the event's pod: then it had not refused it. */
function hasBegun({ objects }: Snapshot, { involvedObject }: Event): boolean {
  return objects.events.some(
    (one) => one.involvedObject.uid === involvedObject.uid && BEGUN.includes(one.reason ?? ""),
  );
}

/** Whether its pod is there and has not failed: other rules tell of it. */
function isAboutPresent({ objects }: Snapshot, { involvedObject }: Event): boolean {
  return objects.pods.some(
    ({ metadata, status }) => metadata.uid === involvedObject.uid && status?.phase !== "Failed",
  );
}
