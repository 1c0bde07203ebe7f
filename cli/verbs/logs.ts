import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { NAMES } from "../../contract/names.ts";
import type { Answer } from "../answer.ts";
import { connectTo } from "../connection.ts";
import { isServer, type Pod } from "../diagnosis/objects.ts";
import { Fault } from "../fault.ts";
import type { Federation } from "../federation.ts";
import type { Place } from "../place.ts";

/** Most bytes of one log. */
const MOST = 64 << 20;
/** Logs that are read at the same time. */
const AT_ONCE = 8;

/** Logs that are wanted. */
export interface Wanted {
  readonly who: "server" | "client" | "all";
  /** Partition of the client; undefined: all clients. */
  readonly partition?: number | undefined;
  /** Only lines of so many last seconds. */
  readonly since?: number | undefined;
  /** Folder to write the logs into, a file each, instead of printing them. */
  readonly out?: string | undefined;
}

/** Log of a pod's container, or of the one that ran in the pod before. */
export interface PodLog {
  readonly pod: string;
  /** Whether it is of the container before the last restart. */
  readonly previous: boolean;
  /** Lines that each begin with their time, RFC 3339. */
  readonly lines: readonly string[];
}

/** Shows logs of the pods that are there, also of their containers before a restart. */
export async function logs(place: Place, wanted: Wanted): Promise<Answer> {
  const { federation } = connectTo(place);
  const pods = (await federation.pods()).filter((pod) => isWanted(pod, wanted));
  if (pods.length === 0) throw noPod(federation.namespace, wanted);
  const all: PodLog[] = [];
  const queue = pods.values();
  const work = async (): Promise<void> => {
    for (const pod of queue) all.push(...(await logsOf(federation, pod, wanted)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // Of one pod the container before its restart comes first; they were read in this order.
  all.sort((a, b) => a.pod.localeCompare(b.pod, "en", { numeric: true }));
  return wanted.out === undefined ? logsAnswer(all) : written(all, wanted.out);
}

function isWanted(pod: Pod, { who, partition }: Wanted): boolean {
  if (who === "all") return true;
  if (who === "server") return isServer(pod);
  if (partition === undefined) return !isServer(pod);
  return pod.metadata.name === `${NAMES.client}-${partition}`;
}

function noPod(namespace: string, { who, partition }: Wanted): Fault {
  const whose = {
    all: "the federation",
    server: "the server",
    client: partition === undefined ? "a client" : `client ${partition}`,
  }[who];
  return new Fault(
    "failed",
    `no pod of ${whose} is in namespace ${namespace}, and Kubernetes keeps no log of a pod that is gone`,
    "what the engine noted of it is in `kubeflower events`",
  );
}

async function logsOf(federation: Federation, pod: Pod, { since }: Wanted): Promise<PodLog[]> {
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

/** Shows one log as it is; of several the lines by their times, each with its pod. */
export function logsAnswer(all: readonly PodLog[]): Answer {
  const document = { logs: all };
  const pods = new Set(all.map(({ pod }) => pod));
  if (pods.size <= 1) {
    return { document, lines: all.flatMap(({ lines }) => lines.map(withoutTime)) };
  }
  const width = Math.max(...[...pods].map((pod) => pod.length));
  const lines = all.flatMap((log) => log.lines.map((line) => ({ line, pod: log.pod })));
  lines.sort((a, b) => compareTimes(timeOf(a.line), timeOf(b.line)));
  return {
    document,
    lines: lines.map(({ line, pod }) => `${pod.padEnd(width)} | ${withoutTime(line)}`),
  };
}

async function written(all: readonly PodLog[], folder: string): Promise<Answer> {
  await mkdir(folder, { recursive: true });
  const files = all.map((log) => ({ log, file: join(folder, `${nameOf(log)}.log`) }));
  for (const { log, file } of files) {
    await writeFile(file, log.lines.map((line) => `${line}\n`).join(""));
  }
  const list = files.map(({ log: { pod, previous, lines }, file }) => ({
    pod,
    previous,
    file,
    lines: lines.length,
  }));
  return {
    document: { files: list },
    lines: list.map(({ file, lines }) => `${file}: ${lines} lines`),
  };
}

function nameOf({ pod, previous }: PodLog): string {
  return previous ? `${pod}.previous` : pod;
}

function timeOf(line: string): string {
  return line.slice(0, line.indexOf(" "));
}

/** Orders times with different numbers of digits after the point. */
function compareTimes(a: string, b: string): number {
  const [left, right] = [a.replace("Z", ""), b.replace("Z", "")];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function withoutTime(line: string): string {
  return line.slice(line.indexOf(" ") + 1);
}
