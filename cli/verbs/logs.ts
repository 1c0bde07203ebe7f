import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { NAMES } from "../../contract/names.ts";
import type { Answer } from "../answer.ts";
import { connectTo } from "../connection.ts";
import { isServer, type Pod } from "../diagnosis/objects.ts";
import { Fault } from "../fault.ts";
import type { Place } from "../place.ts";
import { fileOf, readLogs, textOf, type PodLog } from "../podLogs.ts";

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

/** Shows logs of the pods that are there, also of their containers before a restart. */
export async function logs(place: Place, wanted: Wanted): Promise<Answer> {
  const { federation } = connectTo(place);
  const pods = (await federation.pods()).filter((pod) => isWanted(pod, wanted));
  if (pods.length === 0) throw noPod(federation.namespace, wanted);
  const all = await readLogs(federation, pods, wanted.since);
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
  const files = all.map((log) => ({ log, file: join(folder, fileOf(log)) }));
  for (const { log, file } of files) {
    await writeFile(file, textOf(log));
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
