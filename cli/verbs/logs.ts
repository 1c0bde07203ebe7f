import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { NAMES } from "../../contract/names.ts";
import type { Answer } from "../answer.ts";
import { connectTo, type Connection } from "../connection.ts";
import { isServer, type Pod } from "../diagnosis/objects.ts";
import { Fault, faultOf } from "../fault.ts";
import { goneOnly, lastSeconds, perPod, readKeptLogs, type Whose } from "../keptLogs.ts";
import { chosen, keptRuns } from "../keptRun.ts";
import type { Place } from "../place.ts";
import { byPod, fileOf, readLogs, textOf, type PodLog } from "../podLogs.ts";
import { ServerFiles } from "../results/serverFiles.ts";

/** Logs that are wanted. */
export interface Wanted extends Whose {
  /** Beginning of the id of a run whose kept lines alone are wanted; undefined: the pods' logs, too. */
  readonly run?: string | undefined;
  /** Only lines of so many last seconds. */
  readonly since?: number | undefined;
  /** Folder to write the logs into, a file each, instead of printing them. */
  readonly out?: string | undefined;
}

/** Lines that the server keeps. */
export interface Kept {
  /** Id of their run; null where it is not known. */
  readonly run: string | null;
  readonly logs: readonly PodLog[];
  /** Why they are not known; null when they are. */
  readonly missing: string | null;
}

/** Shows logs of the pods that are there, and what the server keeps of those that are gone. */
export async function logs(place: Place, wanted: Wanted): Promise<Answer> {
  const connection = connectTo(place);
  const unknown = (fault: unknown): Kept => ({
    run: null,
    logs: [],
    missing: faultOf(fault).message,
  });
  const kept = keptLogs(connection, wanted);
  const [pods, known] = await Promise.all(
    wanted.run === undefined
      ? [podLogs(connection, wanted), kept.catch(unknown)]
      : [Promise.resolve([]), kept],
  );
  const gone = goneOnly(known.logs, pods);
  const recent = wanted.since === undefined ? gone : lastSeconds(gone, wanted.since, Date.now());
  const all = [...perPod(recent), ...pods].sort(byPod);
  if (all.length === 0) throw nothing(connection.federation.namespace, wanted, known);
  const shown = { ...known, logs: all };
  return wanted.out === undefined ? logsAnswer(shown) : written(shown, wanted.out);
}

async function podLogs({ federation }: Connection, wanted: Wanted): Promise<PodLog[]> {
  const pods = (await federation.pods()).filter((pod) => isWanted(pod, wanted));
  return readLogs(federation, pods, wanted.since);
}

function isWanted(pod: Pod, { who, partition }: Wanted): boolean {
  if (who === "all") return true;
  if (who === "server") return isServer(pod);
  if (partition === undefined) return !isServer(pod);
  return pod.metadata.name === `${NAMES.client}-${partition}`;
}

async function keptLogs(connection: Connection, wanted: Wanted): Promise<Kept> {
  const run = chosen(await keptRuns(connection), wanted.run);
  const logs = await readKeptLogs(new ServerFiles(connection.port), run, wanted);
  return { run: run.id, logs, missing: null };
}

function nothing(namespace: string, { who, partition, since, run }: Wanted, kept: Kept): Fault {
  const whose = {
    all: "the federation",
    server: "the server",
    client: partition === undefined ? "a client" : `client ${partition}`,
  }[who];
  const there = run === undefined ? `no pod of ${whose} is in namespace ${namespace}, and ` : "";
  const what =
    kept.missing === null
      ? `the server keeps no line of ${whose} with run ${kept.run}`
      : `what the server keeps is not known: ${kept.missing}`;
  return new Fault(
    "failed",
    `${there}${what}${since === undefined ? "" : ` of the last ${since} s`}`,
    "what the engine noted of it is in `kubeflower events`",
  );
}

/** Shows one log as it is; of several the lines by their times, each with its pod. */
export function logsAnswer({ run, logs: all, missing }: Kept): Answer {
  const document = { run, missing, logs: all.map((log) => ({ ...about(log), lines: log.lines })) };
  const names = new Set(all.map(nameOf));
  const heading = headingOf({ run, logs: all, missing });
  if (names.size <= 1) {
    return { document, lines: [...heading, ...all.flatMap(({ lines }) => lines.map(withoutTime))] };
  }
  const width = Math.max(...[...names].map((name) => name.length));
  const lines = all.flatMap((log) => log.lines.map((line) => ({ line, name: nameOf(log) })));
  lines.sort((a, b) => compareTimes(timeOf(a.line), timeOf(b.line)));
  return {
    document,
    lines: [
      ...heading,
      ...lines.map(({ line, name }) => `${name.padEnd(width)} | ${withoutTime(line)}`),
    ],
  };
}

/** Says where lines come from that no pod has, or why there may be more. */
function headingOf({ run, logs: all, missing }: Kept): string[] {
  if (missing !== null) return [`── lines of pods that are gone are not known: ${missing}`];
  return all.every(({ kept }) => kept) ? [`── kept by the server with run ${run}`] : [];
}

async function written({ run, logs: all, missing }: Kept, folder: string): Promise<Answer> {
  await mkdir(folder, { recursive: true });
  const files = all.map((log) => ({ log, file: join(folder, fileOf(log)) }));
  for (const { log, file } of files) {
    await writeFile(file, textOf(log));
  }
  const list = files.map(({ log, file }) => ({ ...about(log), file, lines: log.lines.length }));
  return {
    document: { run, missing, files: list },
    lines: [
      ...headingOf({ run, logs: all, missing }),
      ...list.map(({ file, lines }) => `${file}: ${lines} lines`),
    ],
  };
}

function about({ pod, previous, kept }: PodLog): Pick<PodLog, "pod" | "previous" | "kept"> {
  return { pod, previous, kept };
}

/** Name of a log before its lines. */
function nameOf({ pod, kept }: PodLog): string {
  return kept ? `${pod} (gone)` : pod;
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
