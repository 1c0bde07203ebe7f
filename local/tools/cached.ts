import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import lockfile from "proper-lockfile";

import { cache } from "./folders.ts";

// The lock of a killed process goes stale after half a minute. That of a living one is waited for as long as a build from nothing takes.
const LOCK = {
  stale: 30_000,
  realpath: false,
  retries: { retries: 5400, factor: 1, minTimeout: 500 },
};

/** Digests everything that decides a cached thing: strings as they are, `file:` entries by their content. */
export async function contentKey(parts: readonly (string | { file: string })[]): Promise<string> {
  const hash = createHash("sha256");
  for (const part of parts) {
    const content = typeof part === "string" ? part : await readFile(part.file);
    hash.update(`${content.length}:`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}

/** Whether the cache has the folder `<name>-<key>`. */
export function isCached(name: string, key: string): boolean {
  return existsSync(cacheFolder(name, key));
}

/**
 * Returns the cache folder `<name>-<key>`, made by `build` if it isn't there yet. `build` writes into a folder that takes its
 * final name only when it is whole, so a killed build leaves nothing half done; of several processes one builds and
 * the others wait.
 */
export async function cached(
  name: string,
  key: string,
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = cacheFolder(name, key);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const unlock = await lockfile.lock(folder, LOCK);
  try {
    if (existsSync(folder)) return folder;
    const partial = `${folder}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
    await build(partial);
    await rename(partial, folder);
    return folder;
  } finally {
    await unlock();
  }
}

function cacheFolder(name: string, key: string): string {
  return join(cache, `${name}-${key}`);
}
