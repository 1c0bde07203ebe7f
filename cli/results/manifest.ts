import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { Fault } from "../fault.ts";
import { textDigest } from "./fileDigest.ts";
import type { ListedFile } from "./fileSource.ts";

/** Name of the manifest in a folder of results. */
export const MANIFEST = "manifest.json";
/** Version of its form. */
const SCHEMA = 1;

/** List of all files of a run's results, with the digest of each. */
export interface Manifest {
  readonly schema_version: number;
  /** Id of the run. */
  readonly run: string;
  /** State of the run when its files were listed. */
  readonly state: string;
  readonly files: readonly ListedFile[];
  /** SHA-256 of everything above, so that a change of the manifest is found as well. */
  readonly digest: string;
}

/** Makes a manifest. */
export function manifestOf(run: string, state: string, files: readonly ListedFile[]): Manifest {
  const sorted = [...files]
    .map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const content = { schema_version: SCHEMA, run, state, files: sorted };
  return { ...content, digest: textDigest(JSON.stringify(content)) };
}

/** Text of a manifest as it is written. */
export function manifestText(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * Reads the manifest of a folder of results.
 * @throws Fault when it has none
 */
export async function manifestIn(folder: string): Promise<Manifest> {
  const read = await readManifest(folder);
  if (read === null) {
    throw new Fault(
      "usage",
      `${folder} has no manifest.json`,
      "name a folder that `kubeflower results` has filled, or the id of a run",
    );
  }
  return read.manifest;
}

/**
 * Reads the manifest of a folder; null when it has none.
 * @returns the manifest, and whether it is as it was written
 * @throws Fault when it is no manifest
 */
export async function readManifest(
  folder: string,
): Promise<{ manifest: Manifest; whole: boolean } | null> {
  const text = await readFile(join(folder, MANIFEST), "utf8").catch((fault: unknown) => {
    if ((fault as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw fault;
  });
  if (text === null) return null;
  const manifest = parsed(text);
  if (manifest === undefined) {
    throw new Fault(
      "failed",
      `${join(folder, MANIFEST)} is no manifest: it is damaged`,
      "fetch it again: delete this one file, then `kubeflower results` with the same --out",
    );
  }
  const again = manifestOf(manifest.run, manifest.state, manifest.files);
  return { manifest, whole: manifestText(again) === text };
}

function parsed(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null;
    const isManifest = typeof value?.run === "string" && Array.isArray(value.files);
    const files = isManifest ? (value.files as Partial<ListedFile>[]) : [];
    const good = files.every(
      ({ path, bytes, sha256 }) =>
        typeof path === "string" && typeof bytes === "number" && typeof sha256 === "string",
    );
    return isManifest && good ? (value as Manifest) : undefined;
  } catch {
    return undefined;
  }
}
