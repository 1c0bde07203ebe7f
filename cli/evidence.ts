import type { CoreV1Event } from "@kubernetes/client-node";
import { oneLine } from "./report.ts";

const LONGEST_CAUSE = 600;

/** `cause — remedy`, one line; a longer cause is cut so that the remedy stays. */
export function sentence(cause: string, remedy: string): string {
  const line = oneLine(cause).replace(/[:.]+$/, "");
  const cut = line.length <= LONGEST_CAUSE ? line : `${line.slice(0, LONGEST_CAUSE - 1)}…`;
  return `${cut} — ${remedy}`;
}

/** Whole seconds from `time` to `now`; 0 for no time. */
export function seconds(time: Date | undefined, now: Date): number {
  return time === undefined ? 0 : Math.floor((now.getTime() - new Date(time).getTime()) / 1000);
}

/** When an event was last seen, in milliseconds. */
export function eventTime(event: CoreV1Event): number {
  const time =
    event.lastTimestamp ??
    event.series?.lastObservedTime ??
    event.eventTime ??
    event.firstTimestamp ??
    event.metadata.creationTimestamp;
  return time === undefined ? 0 : new Date(time).getTime();
}

/** The events of one object, by uid: an earlier object of that name is another; newest first. */
export function eventsOf(
  object: { readonly metadata?: { readonly uid?: string } },
  events: readonly CoreV1Event[],
): CoreV1Event[] {
  const uid = object.metadata?.uid;
  return events
    .filter(({ involvedObject }) => uid !== undefined && involvedObject.uid === uid)
    .sort((a, b) => eventTime(b) - eventTime(a));
}
