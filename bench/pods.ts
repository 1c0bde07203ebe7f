import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { Cgroup } from "../local/machine/cgroup.ts";

const MOUNT = "/sys/fs/cgroup";
const UNIFIED = existsSync(join(MOUNT, "cgroup.controllers"));

/** Memory of a pod of the embedded cluster, in bytes. */
export interface PodMemory {
  /** Memory that backs no file. */
  readonly anonymous: number;
  /** The kubelet's working set: all memory but inactive file pages. */
  readonly workingSet: number;
  /** Highest resident memory of its largest process, with file pages that it shares. */
  readonly peak: number;
}

/** A pod of the embedded cluster, seen from this machine: its control groups and processes. */
export class HostPod {
  readonly #all: Cgroup;
  readonly #group: string;

  /**
   * @param node control group of the pod's node
   * @param uid UID of the pod
   */
  constructor(node: string, uid: string) {
    const below = join(node, "kubepods/burstable", `pod${uid}`);
    this.#all = new Cgroup(below);
    this.#group = UNIFIED ? join(MOUNT, below) : join(MOUNT, "memory", below);
  }

  /** Reads its memory. */
  async memory(): Promise<PodMemory> {
    const [usage, anonymous, inactive] = UNIFIED
      ? ["memory.current", "anon", "inactive_file"]
      : ["memory.usage_in_bytes", "total_rss", "total_inactive_file"];
    const stat = await readFile(join(this.#group, "memory.stat"), "utf8");
    const used = Number(await readFile(join(this.#group, usage), "utf8"));
    const peaks = await Promise.all((await this.#all.pids()).map(peak));
    return {
      anonymous: field(stat, anonymous),
      workingSet: used - field(stat, inactive),
      peak: Math.max(...peaks),
    };
  }

  /** Kills the container's program by SIGKILL, as running out of memory would. */
  async kill(): Promise<void> {
    for (const pid of await this.#all.pids()) {
      if ((await readFile(`/proc/${pid}/cmdline`, "utf8")).includes("kubeflower.")) {
        process.kill(pid, "SIGKILL");
      }
    }
  }
}

/** Finds a number in a text whose lines hold a name and a number. */
export function field(text: string, name: string): number {
  const [, value] = new RegExp(`^${name}:?\\s+(\\d+)`, "m").exec(text) ?? [];
  if (value === undefined) throw new Error(`there is no ${name} in: ${text.slice(0, 200)}`);
  return Number(value);
}

async function peak(pid: number): Promise<number> {
  return field(await readFile(`/proc/${pid}/status`, "utf8"), "VmHWM") * 1024;
}
