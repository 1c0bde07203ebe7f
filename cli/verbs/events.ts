import { NAMES } from "../../contract/names.ts";
import type { Answer } from "../answer.ts";
import { connectTo, type Connection } from "../connection.ts";
import { firstSeen, lastSeen, type Event } from "../diagnosis/event.ts";
import { faultOf } from "../fault.ts";
import { chosen, keptRuns } from "../keptRun.ts";
import type { Place } from "../place.ts";
import { timeText } from "../quantities.ts";
import { jsonLines } from "../results/csv.ts";
import { readText } from "../results/readText.ts";
import { ServerFiles } from "../results/serverFiles.ts";
import { oneLine } from "../../kube/oneLine.ts";

/** Event of a run, as the engine writes it into events.jsonl. */
export interface RunEvent {
  readonly time: string;
  readonly kind: string;
  readonly text: string;
  readonly partition?: number;
}

/** Event of the run or of its cluster. */
export interface Happened {
  /** Time of the last occurrence, RFC 3339. */
  readonly time: string;
  /** Where it comes from: `run`, or the name of a pod or another object. */
  readonly source: string;
  readonly kind: string;
  readonly text: string;
  /** Number of occurrences in a row. */
  readonly count: number;
}

/** Lists what has happened to a run and its pods, newest last. */
export async function events(place: Place, wanted: string | undefined): Promise<Answer> {
  const connection = connectTo(place);
  const [objects, own] = await Promise.all([
    connection.federation.events(),
    ownEvents(connection, wanted),
  ]);
  return eventsAnswer(objects, own);
}

/** Events of the run, or why there are none. */
async function ownEvents(
  connection: Connection,
  wanted: string | undefined,
): Promise<readonly RunEvent[] | string> {
  try {
    const run = chosen(await keptRuns(connection), wanted);
    const text = await readText(new ServerFiles(connection.port), run.id, "events.jsonl");
    return jsonLines<RunEvent>(text ?? "");
  } catch (fault) {
    return faultOf(fault).message;
  }
}

/**
 * Puts the cluster's events and the run's into one list.
 * @param own the run's; a text says why they are not known
 */
export function eventsAnswer(objects: readonly Event[], own: readonly RunEvent[] | string): Answer {
  const ofRun = typeof own === "string" ? [] : own;
  const all = folded([
    ...objects.filter(isOurs).map(happened),
    ...ofRun.map(({ time, kind, text }) => ({ time, source: "run", kind, text, count: 1 })),
  ]);
  const missing = typeof own === "string" ? own : null;
  return {
    document: { events: all, missing },
    lines: [
      ...all.map(({ time, source, kind, text, count }) => {
        const times = count > 1 ? `  (${count} times)` : "";
        return `${timeText(time)}  ${source}  ${kind}  ${text}${times}`;
      }),
      ...(missing === null ? [] : [`the run's own events are not known: ${missing}`]),
      ...(all.length === 0 && missing === null ? ["nothing has happened yet"] : []),
    ],
  };
}

function isOurs({ involvedObject: { name = "" } }: Event): boolean {
  return name.startsWith(NAMES.server) || name.startsWith(NAMES.client);
}

function happened(event: Event): Happened {
  const { involvedObject, reason = "", message = "", count = 1 } = event;
  const last = lastSeen(event);
  const time = Number.isNaN(last) ? firstSeen(event) : last;
  return {
    time: Number.isNaN(time) ? "" : new Date(time).toISOString(),
    source: involvedObject.name ?? "",
    kind: reason,
    text: oneLine(message, 300),
    count,
  };
}

/** Sorts by time; one event that is repeated is one, at its last time. */
function folded(all: readonly Happened[]): Happened[] {
  const byContent = new Map<string, Happened>();
  const rest: Happened[] = [];
  for (const one of all) {
    // The run's own are facts in their order; the cluster repeats itself.
    if (one.source === "run") {
      rest.push(one);
      continue;
    }
    const key = JSON.stringify([one.source, one.kind, one.text]);
    const known = byContent.get(key);
    const newer = known === undefined || one.time > known.time ? one : known;
    byContent.set(key, { ...newer, count: one.count + (known?.count ?? 0) });
  }
  return [...byContent.values(), ...rest].sort((a, b) => (a.time < b.time ? -1 : 1));
}
