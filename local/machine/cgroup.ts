import { existsSync, lstatSync, readdirSync } from "node:fs";
import { mkdir, readFile, readdir, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const MOUNT = "/sys/fs/cgroup";

/** Whether the host has the unified hierarchy (cgroup v2). */
const UNIFIED = existsSync(join(MOUNT, "cgroup.controllers"));

/** The control group at one path, in every hierarchy of the host. */
export class Cgroup {
  constructor(readonly path: string) {}

  /** Creates the group and `child` below it, ready to hold processes and containers. */
  async create(child: string): Promise<void> {
    for (const hierarchy of hierarchies()) {
      let folder = hierarchy;
      for (const part of [...this.path.split("/"), child]) {
        if (UNIFIED) await delegate(folder);
        const parent = folder;
        folder = join(folder, part);
        await mkdir(folder, { recursive: true });
        await inheritCpuset(parent, folder);
      }
    }
  }

  /** Files into which a process writes 0 to move itself to `child`. */
  joinFiles(child: string): string[] {
    return hierarchies().map((hierarchy) => join(hierarchy, this.path, child, "cgroup.procs"));
  }

  /** All processes in the group and below it. */
  async pids(): Promise<number[]> {
    const found = new Set<number>();
    for (const hierarchy of hierarchies()) {
      for (const folder of await below(join(hierarchy, this.path))) {
        const text = await readFile(join(folder, "cgroup.procs"), "utf8").catch(() => "");
        for (const line of text.split("\n")) if (line && line !== "0") found.add(Number(line));
      }
    }
    return [...found];
  }

  /**
   * Kills every process in the group and removes it.
   *
   * @throws when something is left after `seconds`
   */
  async remove(seconds = 15): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    for (let pids = await this.pids(); pids.length > 0; pids = await this.pids()) {
      if (Date.now() > deadline) {
        throw new Error(`processes ${pids.join(", ")} of ${this.path} did not end in ${seconds} s`);
      }
      for (const pid of pids) kill(pid);
      await sleep(20);
    }
    for (const hierarchy of hierarchies()) {
      const folder = join(hierarchy, this.path);
      while (existsSync(folder)) {
        // Deepest first. A group whose last process has just ended may still be busy.
        for (const group of (await below(folder)).reverse()) await rmdir(group).catch(() => null);
        if (!existsSync(folder)) break;
        if (Date.now() > deadline) {
          throw new Error(`${folder} could not be removed in ${seconds} s`);
        }
        await sleep(20);
      }
      // Remove the parents as well when this was their last group.
      for (let parent = dirname(folder); parent !== hierarchy; parent = dirname(parent)) {
        await rmdir(parent).catch(() => null);
      }
    }
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Roots of the hierarchies: the one of cgroup v2, or all that are mounted of v1. */
function hierarchies(): readonly string[] {
  if (UNIFIED) return [MOUNT];
  return readdirSync(MOUNT)
    .map((name) => join(MOUNT, name))
    .filter((path) => lstatSync(path).isDirectory() && existsSync(join(path, "cgroup.procs")));
}

/** Copies the CPUs of a v1 cpuset: a new one is empty, and an empty one takes no process. */
async function inheritCpuset(parent: string, folder: string): Promise<void> {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    if (!UNIFIED && existsSync(join(folder, file))) {
      await writeFile(join(folder, file), await readFile(join(parent, file)));
    }
  }
}

/** Enables the controllers of a v2 group for the groups below it. */
async function delegate(folder: string): Promise<void> {
  const controllers = (await readFile(join(folder, "cgroup.controllers"), "utf8")).trim();
  for (const name of controllers.split(" ").filter(Boolean)) {
    await writeFile(join(folder, "cgroup.subtree_control"), `+${name}`).catch(() => null);
  }
}

/** Lists a group and all below it, parents first. */
async function below(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const children = entries.filter((entry) => entry.isDirectory());
  const deeper = await Promise.all(children.map((entry) => below(join(folder, entry.name))));
  return existsSync(folder) ? [folder, ...deeper.flat()] : [];
}
