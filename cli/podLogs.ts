import { engineLog, engineStatus, type Pod } from "./diagnosis/objects.ts";
import type { Federation } from "./federation.ts";

/** Most bytes of one log. */
const MOST = 64 << 20;
/** Logs that are read at the same time. */
const AT_ONCE = 8;

/** Log of a pod's container, of the one that ran in the pod before, or of a pod that is gone. */
export interface PodLog {
  readonly pod: string;
  /** Whether it is of the container before the last restart. */
  readonly previous: boolean;
  /** Whether it is not the pod's, but what the server has kept. */
  readonly kept: boolean;
  /** When its process began, in milliseconds; NaN where it is not known. */
  readonly began: number;
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
  return all.sort(byPod);
}

/** Orders logs by the names of their pods. */
export function byPod(a: PodLog, b: PodLog): number {
  return a.pod.localeCompare(b.pod, "en", { numeric: true });
}

/** Name of a log's file. */
export function fileOf({ pod, previous, kept }: PodLog): string {
  return `${pod}${kept ? ".kept" : ""}${previous ? ".previous" : ""}.log`;
}

/** Text of a log's file. */
export function textOf({ lines }: PodLog): string {
  return lines.map((line) => `${line}\n`).join("");
}

async function logsOf(federation: Federation, pod: Pod, since?: number): Promise<PodLog[]> {
  const { name } = pod.metadata;
  const query = {
    ...engineLog(pod),
    timestamps: "true",
    limitBytes: MOST.toString(),
    ...(since === undefined ? {} : { sinceSeconds: since.toString() }),
  };
  const status = engineStatus(pod);
  const restarted = (status?.restartCount ?? 0) > 0;
  const [before, now] = await Promise.all([
    restarted ? federation.log(name, { ...query, previous: "true" }) : null,
    federation.log(name, query),
  ]);
  const last = status?.lastState?.terminated;
  const { running, terminated } = status?.state ?? {};
  return [
    { text: before, previous: true, began: last?.startedAt },
    { text: now, previous: false, began: (running ?? terminated ?? last)?.startedAt },
  ].flatMap(({ text, previous, began = "" }) =>
    text === null
      ? []
      : [
          {
            pod: name,
            previous,
            kept: false,
            began: Date.parse(began),
            lines: text.split("\n").filter(Boolean),
          },
        ],
  );
}
