import type { Pod } from "./diagnosis/objects.ts";
import type { Federation } from "./federation.ts";

/** Most bytes of one log. */
const MOST = 64 << 20;
/** Logs that are read at the same time. */
const AT_ONCE = 8;

/** Log of a pod's container, or of the one that ran in the pod before. */
export interface PodLog {
  readonly pod: string;
  /** Whether it is of the container before the last restart. */
  readonly previous: boolean;
  /** Lines that each begin with their time, RFC 3339. */
  readonly lines: readonly string[];
}

/**
 * Reads the logs of pods, ordered by their names; of one pod the container before its restart comes
 * first.
 * @param since only lines of so many last seconds; undefined: all
 */
export async function readLogs(
  federation: Federation,
  pods: readonly Pod[],
  since?: number,
): Promise<PodLog[]> {
  const all: PodLog[] = [];
  const queue = pods.values();
  const work = async (): Promise<void> => {
    for (const pod of queue) all.push(...(await logsOf(federation, pod, since)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return all.sort((a, b) => a.pod.localeCompare(b.pod, "en", { numeric: true }));
}

/** Name of a log's file. */
export function fileOf({ pod, previous }: PodLog): string {
  return `${pod}${previous ? ".previous" : ""}.log`;
}

/** Text of a log's file. */
export function textOf({ lines }: PodLog): string {
  return lines.map((line) => `${line}\n`).join("");
}

async function logsOf(federation: Federation, pod: Pod, since?: number): Promise<PodLog[]> {
  const { name } = pod.metadata;
  const query = {
    timestamps: "true",
    limitBytes: MOST.toString(),
    ...(since === undefined ? {} : { sinceSeconds: since.toString() }),
  };
  const restarted = (pod.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0;
  const [before, now] = await Promise.all([
    restarted ? federation.log(name, { ...query, previous: "true" }) : null,
    federation.log(name, query),
  ]);
  return [
    { text: before, previous: true },
    { text: now, previous: false },
  ].flatMap(({ text, previous }) =>
    text === null ? [] : [{ pod: name, previous, lines: text.split("\n").filter(Boolean) }],
  );
}
