// Starts a TypeScript program of this project: node cli/start.mjs SCRIPT [ARGUMENT …]
//
// The program and all that it imports become one bundle of JavaScript, which starts in a tenth of
// tsx's time. A bundle's name is the hash of its sources: a change makes a new one. Where none can be
// written (node_modules of another user), tsx runs the program. An installed package has no sources,
// but the bundle that pack.mjs has made of them.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const PROJECT = dirname(dirname(fileURLToPath(import.meta.url)));
const CACHE = join(PROJECT, "node_modules/.cache/kubeflower");
/** Folders from which a program may import. */
const FOLDERS = ["cli", "components", "contract", "docker", "kube", "policy", "settings"];
/** File of a bundle's folder that is started. */
const PROGRAM = "program.mjs";
/** The bundle of an installed package. */
const PACKED = join(PROJECT, ".build/package", PROGRAM);
/** Milliseconds for which a program may still run from a bundle of older sources. */
const OLD = 7 * 24 * 60 * 60 * 1000;

/** Hashes all that the bundle of a script depends on; the same in every checkout. */
function hashOf(script) {
  const sources = FOLDERS.flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true })
      .filter((path) => /\.(ts|mjs|json)$/.test(path))
      .map((path) => join(folder, path)),
  );
  const hash = createHash("sha256").update(relative(PROJECT, script));
  for (const file of [...sources.sort(), "package-lock.json"]) {
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
async function bundled(script) {
  const folder = join(CACHE, `${basename(script, ".ts")}-${hashOf(script)}`);
  const program = join(folder, PROGRAM);
  if (!existsSync(program)) {
    const { bundle } = await import("./bundle.mjs");
    await bundle(script, program);
    removeOld();
  }
  return pathToFileURL(program).href;
}

globalThis.kubeflowerProject = pathToFileURL(`${PROJECT}/`);
const script = resolve(process.argv[2] ?? "");
if (existsSync(script) || !existsSync(PACKED)) {
  process.argv.splice(1, 2, script);
  const url = await bundled(script).catch(() => undefined);
  if (url === undefined) {
    const { register } = await import("tsx/esm/api");
    register();
  }
  await import(url ?? pathToFileURL(script).href);
} else {
  process.argv.splice(1, 2, PACKED);
  await import(pathToFileURL(PACKED).href);
}
