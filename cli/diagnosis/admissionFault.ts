import { oneLine } from "../../kube/oneLine.ts";
import { cause, foremost, type Cause } from "./cause.ts";
import { firstSeen, lastSeen, type Event } from "./event.ts";
import { isTerminating, type Workload } from "./objects.ts";
import type { Refusal } from "./refusal.ts";
import { refusalSentence } from "./refusalSentence.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a refusal must have lasted. */
const GRACE = 10;
/** Seconds after which a refusal that was not repeated no longer counts. */
const FORGOTTEN = 900;

/** Finds a workload whose pods the API server refuses to create, by a quota for example; or null. */
export function admissionFault(snapshot: Snapshot): Cause | null {
  const sets = snapshot.serverReplicaSets().map((set) => ["server", set] as const);
  const clients = snapshot.clients === undefined ? [] : [["client", snapshot.clients] as const];
  return foremost(
    [...sets, ...clients].map(([role, workload]) => refused(snapshot, role, workload)),
  );
}

function refused(snapshot: Snapshot, role: Refusal["role"], workload: Workload): Cause | null {
  const { spec, status } = workload;
  const missing = (spec.replicas ?? 0) - (status?.replicas ?? 0);
  const [first, ...more] = missing <= 0 ? [] : refusals(snapshot, workload);
  if (first === undefined) return null;
  const message = oneLine((more.at(-1) ?? first).message ?? "");
  // A pod that is ending takes a part of the quota with it.
  if (message.includes("exceeded quota") && snapshot.objects.pods.some(isTerminating)) return null;
  const { namespace } = snapshot.objects;
  // Refused is refused: there is no need to wait before it is told.
  const seconds = Math.max(GRACE / 2, snapshot.secondsSince(firstSeen(first)));
  return cause(refusalSentence({ namespace, role, missing, message }), seconds, GRACE);
}

/** Refusals since a pod of the workload was created last, oldest first; none that is old. */
function refusals(snapshot: Snapshot, { metadata }: Workload): Event[] {
  const created = snapshot.eventsOf(metadata, "SuccessfulCreate").at(-1);
  const since = created === undefined ? -Infinity : lastSeen(created);
  return snapshot
    .eventsOf(metadata, "FailedCreate")
    .filter((event) => lastSeen(event) >= since)
    .filter((event) => snapshot.secondsSince(lastSeen(event)) <= FORGOTTEN);
}
