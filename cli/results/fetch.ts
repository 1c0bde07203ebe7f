import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  statfs,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";

import type { Round } from "../../contract/status.ts";
import { reasonOf } from "../../kube/errors.ts";
import { Fault } from "../fault.ts";
import { bytesText } from "../quantities.ts";
import { jsonLines, metricsCsv } from "./csv.ts";
import { Download, PARTIAL } from "./download.ts";
import { fileDigest, textDigest } from "./fileDigest.ts";
import { Gone, type FileSource, type ListedFile } from "./fileSource.ts";
import { MANIFEST, manifestOf, manifestText, readManifest, type Manifest } from "./manifest.ts";
import type { Progress } from "./progress.ts";
import { strangeName } from "./safePath.ts";

/** Name of the table that is made of metrics.jsonl. */
export const CSV = "metrics.csv";
/** Folder of the pods' logs. */
const LOGS = "logs";
/** Name of the page of the run. */
export const PAGE = "report.html";
/** Files that come at the same time. */
const AT_ONCE = 4;
/** Lists of a run whose files change while they come, after which those that still do are left out. */
const LISTS = 4;

/** Files to fetch, and their place. */
export interface Order {
  readonly source: FileSource;
  readonly run: string;
  /** State of the run. */
  readonly state: string;
  /** Whether the run still goes on: its checkpoints come and go, and are left out. */
  readonly live: boolean;
  readonly folder: string;
  readonly progress: Progress;
  /** Reads the logs of the run's pods: names and texts of files. @default the run has no pods */
  readonly logs?: () => Promise<readonly { readonly name: string; readonly text: string }[]>;
  /** Makes the page of the run from the files that are in the folder. @default none is made */
  readonly page?: (files: readonly ListedFile[]) => Promise<string>;
  /** Waits for milliseconds before a broken connection is tried again. @default by the clock */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** Results that are here. */
export interface Fetched {
  readonly manifest: Manifest;
  /** Files that were here before. */
  readonly already: number;
  readonly left_out: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * Fetches all files of a run, and writes the manifest last.
 * @throws Fault when there is no such run, the folder holds something else, or the source fails
 */
export async function fetchResults(order: Order): Promise<Fetched> {
  const { run, state, folder } = order;
  const before = await prepare(folder, run);
  const left = new Map<string, string>();
  let files: readonly ListedFile[] = [];
  let already = 0;
  for (let lists = 1; ; lists += 1) {
    files = await wanted(order, left);
    await checkSpace(folder, files);
    const { changed, here } = await bringAll(order, files);
    already = here;
    if (changed.length === 0) break;
    if (lists < LISTS) continue;
    for (const path of changed) left.set(path, "it changes while it is fetched");
    files = files.filter(({ path }) => !left.has(path));
    break;
  }
  const own = [...(await csvOf(folder, files)), ...(await logsOf(order, files, left))];
  const all = [...files, ...own];
  const manifest = manifestOf(run, state, [...all, ...(await pageOf(order, all, left))]);
  await removeStale(folder, before, manifest);
  await writeWhole(join(folder, MANIFEST), manifestText(manifest));
  await rm(join(folder, PARTIAL), { recursive: true });
  return { manifest, already, left_out: [...left].map(([path, reason]) => ({ path, reason })) };
}

/** Makes the folder ready; refuses one that holds another run, or something else. */
async function prepare(folder: string, run: string): Promise<Manifest | undefined> {
  const mark = join(folder, PARTIAL, "run");
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder);
  const before = (await readManifest(folder))?.manifest;
  const begun = await readFile(mark, "utf8").catch(() => undefined);
  const holder = before?.run ?? begun;
  if (holder === undefined ? names.some((name) => name !== PARTIAL) : holder !== run) {
    const what = holder === undefined ? "holds other files" : `holds run ${holder}`;
    throw new Fault(
      "usage",
      `${folder} ${what}`,
      `take a folder that is new, empty or of run ${run}: --out <folder>`,
    );
  }
  await mkdir(join(folder, PARTIAL), { recursive: true });
  await writeFile(mark, run);
  return before;
}

/** Lists the files to fetch, small ones first; notes those that cannot be in `left`. */
async function wanted(order: Order, left: Map<string, string>): Promise<ListedFile[]> {
  const listing = await order.source.list(order.run);
  if (listing === null) {
    throw new Fault("failed", `run ${order.run} is not on the volume`, "see `kubeflower runs`");
  }
  left.clear();
  for (const { path, reason } of listing.left_out) left.set(path, reason);
  const files = listing.files.filter(({ path }) => {
    const strange = strangeName(path);
    if (strange !== undefined) left.set(path, strange);
    else if (order.live && path.startsWith("checkpoint-")) left.set(path, "the run still goes on");
    return !left.has(path);
  });
  return files.sort((a, b) => a.bytes - b.bytes);
}

async function checkSpace(folder: string, files: readonly ListedFile[]): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const largest = files.at(-1)?.bytes ?? 0;
  if (largest > bavail * bsize) {
    throw new Fault(
      "failed",
      `${folder} has room for ${bytesText(bavail * bsize)}, and ${files.at(-1)?.path ?? ""} has ${bytesText(largest)}`,
      "free some, or take another --out",
    );
  }
}

/** Brings files, a few at a time. */
async function bringAll(
  { source, run, folder, progress, sleep }: Order,
  files: readonly ListedFile[],
): Promise<{ changed: string[]; here: number }> {
  progress.begin(files.reduce((sum, { bytes }) => sum + bytes, 0));
  const download = new Download(source, run, folder, progress, sleep);
  const changed: string[] = [];
  let here = 0;
  const faults: unknown[] = [];
  const queue = files.values();
  const work = async (): Promise<void> => {
    for (const file of queue) {
      try {
        if (!(await download.bring(file))) here += 1;
      } catch (fault) {
        if (fault instanceof Gone) changed.push(file.path);
        else faults.push(fault);
      }
      if (faults.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (faults.length > 0) throw faults[0];
  return { changed, here };
}

/** Writes the table of the metrics, and lists it. */
async function csvOf(folder: string, files: readonly ListedFile[]): Promise<ListedFile[]> {
  if (!files.some(({ path }) => path === "metrics.jsonl")) return [];
  const rounds = jsonLines<Round>(await readFile(join(folder, "metrics.jsonl"), "utf8"));
  const text = metricsCsv(rounds);
  await writeWhole(join(folder, CSV), text);
  return [{ path: CSV, bytes: Buffer.byteLength(text), sha256: textDigest(text) }];
}

/** Writes the logs of the pods that are there, and lists all that the server does not keep. */
async function logsOf(
  { logs, folder }: Order,
  files: readonly ListedFile[],
  left: Map<string, string>,
): Promise<ListedFile[]> {
  const below = join(folder, LOGS);
  await mkdir(below, { recursive: true });
  try {
    for (const { name, text } of (await logs?.()) ?? []) await writeWhole(join(below, name), text);
  } catch (fault) {
    // The model is here: a right that lacks for logs must not spoil it.
    left.set(LOGS, (fault as Error).message);
  }
  const found = await readdir(below);
  if (found.length === 0) await rmdir(below);
  const kept = new Set(files.map(({ path }) => path));
  // Pods' logs of an earlier time stay.
  const names = found.filter((name) => name.endsWith(".log") && !kept.has(`${LOGS}/${name}`));
  return Promise.all(
    names.map(async (name) => ({
      path: `${LOGS}/${name}`,
      bytes: (await stat(join(below, name))).size,
      sha256: await fileDigest(join(below, name)),
    })),
  );
}

/** Writes the page of the run, and lists it. One that cannot be made keeps nobody from the model. */
async function pageOf(
  { folder, page }: Order,
  files: readonly ListedFile[],
  left: Map<string, string>,
): Promise<ListedFile[]> {
  if (page === undefined) return [];
  try {
    const text = await page(files);
    await writeWhole(join(folder, PAGE), text);
    return [{ path: PAGE, bytes: Buffer.byteLength(text), sha256: textDigest(text) }];
  } catch (fault) {
    await rm(join(folder, PAGE), { force: true });
    left.set(PAGE, `it cannot be made: ${reasonOf(fault)}`);
    return [];
  }
}

/** Removes the engine's files of an earlier fetch that the run has no longer, as its checkpoints. */
async function removeStale(
  folder: string,
  before: Manifest | undefined,
  now: Manifest,
): Promise<void> {
  const known = new Set(now.files.map(({ path }) => path));
  const own = /^(checkpoint-\d+|failed\.json)$/;
  for (const { path } of before?.files ?? []) {
    if (!known.has(path) && own.test(path)) await rm(join(folder, path), { force: true });
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  const partial = `${file}.partial`;
  await writeFile(partial, text);
  await rename(partial, file);
}
