import { createHash, randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import {
  chmod,
  copyFile,
  link,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";

import { project } from "../tools/folders.ts";
import { bundle, installedVersion, type PluginName, PLUGINS } from "./bundle.ts";

/** File in every folder made here, with a hash of its sources. A folder without it was made by somebody else. */
const MARK = ".kubeflower";

/**
 * Puts the plugins of this project's programs in a Pulumi home, where the Pulumi CLI finds them by their versions.
 *
 * A plugin that is there already and was not put there by this project is left alone, so an official one is never
 * replaced. Everything is copied: the home may outlive this checkout.
 *
 * @param home the folder `PULUMI_HOME` names
 * @param binaries the folder with the built `pulumi-resource-kubernetes`
 * @returns the folders that were written; empty when all were up to date
 */
export async function install(home: string, binaries: string): Promise<string[]> {
  const names = Object.keys(PLUGINS) as PluginName[];
  const installed = await Promise.all([
    ...names.map((name) => installOwn(home, name)),
    installDynamic(home),
    installKubernetes(home, binaries),
  ]);
  return installed.flat();
}

async function installOwn(home: string, name: PluginName): Promise<string[]> {
  const { kind, program, package: npm } = PLUGINS[name];
  const folder = pluginFolder(home, `${kind}-${name}`, await installedVersion(npm));
  if (await foreign(folder)) return [];
  const files = (await bundle(name)).set(program, LAUNCHER);
  return put(folder, JSON.stringify([...files]), async (target) => {
    for (const [file, content] of files) await writeFile(join(target, file), content);
    await chmod(join(target, program), 0o755);
  });
}

/** The provider of resources that a program defines itself: its LAUNCHER comes with the npm package. */
async function installDynamic(home: string): Promise<string[]> {
  const program = "pulumi-resource-pulumi-nodejs";
  const npm = "@pulumi/pulumi";
  const folder = pluginFolder(home, "resource-pulumi-nodejs", await installedVersion(npm));
  if (await foreign(folder)) return [];
  const script = await readFile(join(project, "node_modules", npm, program), "utf8");
  return put(folder, script, async (target) => {
    await writeFile(join(target, program), script);
    await chmod(join(target, program), 0o755);
  });
}

async function installKubernetes(home: string, binaries: string): Promise<string[]> {
  const program = "pulumi-resource-kubernetes";
  const version = await installedVersion("@pulumi/kubernetes");
  const folder = pluginFolder(home, "resource-kubernetes", version);
  if (await foreign(folder)) return [];
  const built = join(binaries, program);
  const { size, mtimeMs } = await stat(built);
  return put(folder, `${size} ${mtimeMs}`, async (target) => {
    // A hard link costs nothing and stays when the built file is deleted.
    await link(built, join(target, program)).catch(() => copyFile(built, join(target, program)));
    await chmod(join(target, program), 0o755);
  });
}

/** Starts the plugin with the Node.js on PATH, as the official language host does. */
const LAUNCHER = `#!/bin/sh
exec node "\${0%/*}/main.mjs" "$@"
`;

function pluginFolder(home: string, plugin: string, version: string): string {
  return join(home, "plugins", `${plugin}-v${version}`);
}

async function foreign(folder: string): Promise<boolean> {
  const there = await stat(folder).catch(() => undefined);
  return there !== undefined && (await readMark(folder)) === undefined;
}

async function readMark(folder: string): Promise<string | undefined> {
  return readFile(join(folder, MARK), "utf8").catch(() => undefined);
}

/** Fills the folder in one step, unless it was made from the same sources. */
async function put(
  folder: string,
  from: string,
  fill: (target: string) => Promise<void>,
): Promise<string[]> {
  const key = `${sha256(from)}\n`;
  if ((await readMark(folder)) === key) return [];
  // The CLI reads only names of the form kind-name-vVERSION, so it does not see a partial folder.
  const ours = randomBytes(6).toString("hex");
  const partial = `${folder}.${ours}.partial`;
  const old = `${folder}.${ours}.old`;
  await mkdir(partial, { recursive: true });
  try {
    await fill(partial);
    await writeFile(join(partial, MARK), key);
    await rename(folder, old).catch(() => undefined);
    await rename(partial, folder).catch(async (error: unknown) => {
      // Another process may have written the same folder in the meantime.
      if ((await readMark(folder)) !== key) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
  return [folder];
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

// node --import tsx local/plugins/install.ts HOME BINARIES
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === import.meta.filename) {
  const [home, binaries] = process.argv.slice(2);
  if (home === undefined || binaries === undefined) {
    throw new Error("usage: install.ts PULUMI_HOME FOLDER_OF_BUILT_PROGRAMS");
  }
  for (const folder of await install(home, binaries)) console.log(folder);
}
