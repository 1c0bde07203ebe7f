import { NAMES } from "../contract/names.ts";
import type { KeptRun } from "../contract/status.ts";
import type { PodLog } from "./podLogs.ts";
import type { FileSource } from "./results/fileSource.ts";
import { readText } from "./results/readText.ts";

/** Logs that are read at the same time. */
const AT_ONCE = 8;
/** Line of the engine that names the process of the lines after it, see the engine's run_logs.py. */
const BEGAN = /^\S+ ── .*pod (\S+), whose process began (\S+)$/;

/** Processes whose logs are wanted. */
export interface Whose {
  readonly who: "server" | "client" | "all";
  /** Partition of the client; undefined: all clients. */
  readonly partition?: number | undefined;
}

/** Lines of one process. */
interface Section {
  readonly pod: string;
  /** When the process began, in milliseconds; NaN where it is not known. */
  readonly began: number;
  readonly lines: string[];
}

/** Reads what the server has kept with a run: a log for each pod, oldest first. */
export async function readKeptLogs(
  source: FileSource,
  run: KeptRun,
  { who, partition }: Whose,
): Promise<PodLog[]> {
  const partitions =
    partition === undefined ? [...Array(run.spec?.replicas ?? 0).keys()] : [partition];
  const wanted = [
    ...(who === "client" ? [] : [{ file: "server", pod: undefined }]),
    ...(who === "server" ? [] : partitions).map((number) => ({
      file: `client-${number}`,
      pod: `${NAMES.client}-${number}`,
    })),
  ];
  const found: PodLog[][] = [];
  const queue = wanted.entries();
  const work = async (): Promise<void> => {
    for (const [index, { file, pod }] of queue) {
      const text = await readText(source, run.id, `logs/${file}.log`);
      found[index] = text === null ? [] : keptLogs(text, pod);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found.flat();
}

/**
 * Reads a kept file: a log for each process.
 * @param pod name of the pod; undefined: the file names it
 */
export function keptLogs(text: string, pod?: string): PodLog[] {
  const sections: Section[] = [];
  for (const line of text.split("\n").filter(Boolean)) {
    const [, name = NAMES.server, began = ""] = BEGAN.exec(line) ?? [];
    if (began !== "" || sections.length === 0) {
      sections.push({ pod: pod ?? name, began: Date.parse(began), lines: [] });
    }
    sections.at(-1)?.lines.push(line);
  }
  return sections.map((section) => ({ ...section, previous: false, kept: true }));
}

/** Keeps what no pod has any longer: each process that began before those of the pods' logs. */
export function goneOnly(kept: readonly PodLog[], present: readonly PodLog[]): PodLog[] {
  return kept.filter(({ pod, began }) => {
    const same = present.filter((log) => workload(log.pod) === workload(pod));
    return !same.some((log) => log.began <= began);
  });
}

/** Keeps lines of so many last seconds. */
export function lastSeconds(kept: readonly PodLog[], seconds: number, now: number): PodLog[] {
  const first = now - seconds * 1000;
  const isLater = (line: string): boolean => Date.parse(line.slice(0, line.indexOf(" "))) >= first;
  return kept.map((log) => ({ ...log, lines: log.lines.filter(isLater) }));
}

/** Puts the logs of one pod together. */
export function perPod(kept: readonly PodLog[]): PodLog[] {
  const byPod = new Map<string, PodLog>();
  for (const log of kept.filter(({ lines }) => lines.length > 0)) {
    const before = byPod.get(log.pod);
    byPod.set(log.pod, { ...log, lines: [...(before?.lines ?? []), ...log.lines] });
  }
  return [...byPod.values()];
}

/** The server's pods have other names each time; a client's has one for ever. */
function workload(pod: string): string {
  return pod.startsWith(NAMES.client) ? pod : NAMES.server;
}
