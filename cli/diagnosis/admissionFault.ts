import { oneLine } from "../../kube/oneLine.ts";
import { cause, foremost, type Cause } from "./cause.ts";
import { firstSeen, lastSeen, type Event } from "./event.ts";
import { isTerminating, type Workload } from "./objects.ts";
import { lackingPods, type Lacking } from "./lackingPods.ts";
import { refusalSentence } from "./refusalSentence.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a refusal must have lasted. */
const GRACE = 10;
/** Seconds after which a refusal that was not repeated no longer counts. */
const FORGOTTEN = 900;

/** Finds a workload whose pods the API server refuses to create, by a quota for example; or null. */
export function admissionFault(snapshot: Snapshot): Cause | null {
  return foremost(lackingPods(snapshot).map((lacking) => refused(snapshot, lacking)));
}

function refused(snapshot: Snapshot, lacking: Lacking): Cause | null {
  const { role, workload, missing } = lacking;
  const events = refusals(snapshot, workload);
  // A trial is of now; an event may be of a refusal whose reason has gone.
  const trial = snapshot.objects.trials?.[workload.metadata.name];
  const words = trial === undefined ? events.at(-1)?.message : trial;
  if (words === null || words === undefined) return null;
  const message = oneLine(words);
  // A pod that is ending takes a part of the quota with it.
  if (message.includes("exceeded quota") && snapshot.objects.pods.some(isTerminating)) return null;
  const { namespace } = snapshot.objects;
  const [first] = events;
  const since = first === undefined ? lacking.seconds : snapshot.secondsSince(firstSeen(first));
  // Refused is refused: there is no need to wait before it is told.
  const seconds = Math.max(GRACE / 2, since);
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
