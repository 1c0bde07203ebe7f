// Imports a TypeScript program of this project.
//
// The program and all that it imports become one bundle of JavaScript, which starts in a tenth of
// tsx's time. A bundle's name is the hash of its sources: a change makes a new one. Where none can be
// written (node_modules of another user), tsx runs the program.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
const CACHE = join(PROJECT, "node_modules/.cache/kubeflower");
/** Folders from which a program may import. */
const FOLDERS = ["cli", "components", "contract", "docker", "kube", "policy", "settings"];
/** File of a bundle's folder that is started. */
const PROGRAM = "program.mjs";
/** Milliseconds for which a program may still run from a bundle of older sources. */
const OLD = 7 * 24 * 60 * 60 * 1000;

/** Hashes all that the bundle of a script depends on; the same in every checkout. */
function hashOf(script) {
  const sources = FOLDERS.flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true })
      .filter((path) => /\.(ts|mjs|json)$/.test(path))
      .map((path) => join(folder, path)),
  );
  const own = relative(PROJECT, script);
  const hash = createHash("sha256").update(own);
  for (const file of [...sources.sort(), own, "package-lock.json"]) {
    hash.update(file).update(readFileSync(join(PROJECT, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/** Removes old bundles, and folders of bundlings that were killed. */
function removeOld() {
  for (const name of readdirSync(CACHE)) {
    const folder = join(CACHE, name);
    const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - made > OLD) rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the URL of a script's bundle, which is made if it isn't there. */
async function bundled(script, external) {
  const folder = join(CACHE, `${basename(script, ".ts")}-${hashOf(script)}`);
  const program = join(folder, PROGRAM);
  if (!existsSync(program)) {
    const { bundle } = await import("./bundle.mjs");
    await bundle(script, program, external);
    removeOld();
  }
  return pathToFileURL(program).href;
}

/**
 * Imports a script and returns what it exports.
 * @param script absolute path
 * @param external npm packages that the bundle shares with the program that imports it, `@pulumi/*`
 */
export async function load(script, external = []) {
  globalThis.kubeflowerProject = pathToFileURL(`${PROJECT}/`);
  const url = await bundled(script, external).catch(() => undefined);
  if (url === undefined) {
    const { register } = await import("tsx/esm/api");
    register();
  }
  return import(url ?? pathToFileURL(script).href);
}
