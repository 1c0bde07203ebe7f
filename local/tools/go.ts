import { cp } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";

import { command } from "./command.ts";

/** A module in Go's module cache. */
export interface Module {
  readonly Version: string;
  /** The folder with its files, which are read-only. */
  readonly Dir: string;
}

const MINUTES = 45;
const GIB = 2 ** 30;

/**
 * Runs the go command in a folder and returns what it printed.
 *
 * @param onLine gets each line of its stderr
 */
export function go(
  args: string[],
  folder: string,
  onLine?: (line: string) => void,
): Promise<string> {
  const options = { cwd: folder, env: goEnvironment(), seconds: MINUTES * 60 };
  return command("go", args, { ...options, onLine });
}

/** Downloads one module at the version that the folder's go.mod pins. */
export async function download(module: string, folder: string): Promise<Module> {
  // Not all modules of go.sum are served: a build downloads what it needs of the others.
  return JSON.parse(await go(["mod", "download", "-json", module], folder)) as Module;
}

/**
 * Go's environment for all builds: nothing from the machine in the result, and as little work for the compiler as possible.
 *
 * Debug information is not written, since the linker would leave it out. The compiler's garbage collector only runs
 * where memory is short: a compiler may use a quarter of its core's share of memory, so that two compilers and a link
 * together stay well below all of it.
 *
 * @param memory of this machine, in bytes
 */
export function goEnvironment(
  memory = machineMemory(),
  cores = availableParallelism(),
): Record<string, string> {
  const share = memory / (4 * cores);
  return {
    CGO_ENABLED: "0",
    // VCS stamps and paths would make the result depend on where the checkout lies.
    GOFLAGS: "-buildvcs=false -trimpath -gcflags=all=-dwarf=false",
    GOWORK: "off",
    ...(share < GIB ? {} : { GOGC: "off", GOMEMLIMIT: `${Math.floor(share / 2 ** 20)}MiB` }),
  };
}

/** Copies the module into the folder, lays the folder's `patch` over the copy, and makes the folder's go.mod use it. */
export async function patchModule(name: string, { Dir }: Module, folder: string): Promise<void> {
  const copy = join(folder, "module");
  await command("cp", ["-r", "--no-preserve=mode", Dir, copy]);
  await cp(join(folder, "patch"), copy, { recursive: true });
  await go(["mod", "edit", `-replace=${name}=./module`], folder);
}

/** The memory of this machine, or of the control group that this process is limited to, in bytes. */
function machineMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}
