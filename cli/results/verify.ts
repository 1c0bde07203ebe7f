import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import type { Round } from "../../contract/status.ts";
import { jsonLines, metricsCsv } from "./csv.ts";
import { PARTIAL } from "./download.ts";
import { CSV } from "./fetch.ts";
import { fileDigest } from "./fileDigest.ts";
import type { ListedFile } from "./fileSource.ts";
import { MANIFEST, type Manifest } from "./manifest.ts";

/** A file that is not as the manifest has it, or does not fit the others. */
export interface Finding {
  readonly path: string;
  /** changed, missing, extra or contradiction. */
  readonly kind: "changed" | "missing" | "extra" | "contradiction";
  readonly text: string;
}

/**
 * Compares a folder with its manifest, and the files with each other.
 * @param whole whether the manifest is as it was written
 */
export async function findings(
  folder: string,
  manifest: Manifest,
  whole: boolean,
): Promise<Finding[]> {
  const found: Finding[] = [];
  if (!whole) {
    found.push({ path: MANIFEST, kind: "changed", text: "it is not as it was written" });
  }
  for (const file of manifest.files) {
    const wrong = await compare(folder, file);
    if (wrong !== undefined) found.push(wrong);
  }
  const known = new Set([MANIFEST, ...manifest.files.map(({ path }) => path)]);
  for (const path of await pathsIn(folder)) {
    if (known.has(path)) continue;
    found.push({ path, kind: "extra", text: "the manifest does not have it" });
  }
  return [...found, ...(await contradictions(folder, manifest))];
}

async function compare(folder: string, file: ListedFile): Promise<Finding | undefined> {
  const { path, sha256 } = file;
  try {
    const now = await fileDigest(join(folder, ...path.split("/")));
    if (now === sha256) return undefined;
    const text = `its sha256 is ${now.slice(0, 12)}…, not ${sha256.slice(0, 12)}…`;
    return { path, kind: "changed", text };
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== "ENOENT") throw fault;
    return { path, kind: "missing", text: "it is not here" };
  }
}

/** Lists all files below a folder, with slashes. */
async function pathsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((path) => !path.startsWith(`${PARTIAL}/`))
    .sort();
}

/** Finds what the files say of each other and is not so. */
async function contradictions(folder: string, { run, files }: Manifest): Promise<Finding[]> {
  const found: Finding[] = [];
  const say = (path: string, text: string): void => {
    found.push({ path, kind: "contradiction", text });
  };
  const result = await json(join(folder, "result.json"));
  const record = await json(join(folder, "run.json"));
  const model = files.find(({ path }) => path === "model.safetensors")?.sha256 ?? null;
  for (const [path, own] of [
    ["result.json", result],
    ["run.json", record],
  ] as const) {
    if (own !== null && own.run !== run) say(path, `it is of run ${String(own.run)}, not ${run}`);
  }
  if (result !== null && (result.modelSha256 ?? null) !== model) {
    say("result.json", "its modelSha256 is not the digest of model.safetensors");
  }
  const lines = await readFile(join(folder, "metrics.jsonl"), "utf8").catch(() => null);
  if (lines === null) return found;
  const rounds = jsonLines<Round>(lines);
  if (result !== null && result.rounds !== rounds.length) {
    say(
      "metrics.jsonl",
      `it has ${rounds.length} rounds, and result.json ${String(result.rounds)}`,
    );
  }
  const csv = await readFile(join(folder, CSV), "utf8").catch(() => null);
  if (csv !== null && csv !== metricsCsv(rounds)) say(CSV, "it is not the table of metrics.jsonl");
  return found;
}

/** Reads a JSON object; null when there is none, or it is damaged: its digest tells that. */
async function json(file: string): Promise<Record<string, unknown> | null> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
