import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { Cgroup } from "../local/machine/cgroup.ts";

const MOUNT = "/sys/fs/cgroup";
const UNIFIED = existsSync(join(MOUNT, "cgroup.controllers"));

/** Memory of a pod of the embedded cluster, in bytes. */
export interface PodMemory {
  readonly anonymous: number;
  /** What the kubelet calls so: all but file pages that can be had back at once. */
  readonly workingSet: number;
  /** The most its largest process has had resident, files that others have as well included. */
  readonly peak: number;
}

/** A pod of the embedded cluster as this machine sees it: control groups and processes. */
export class HostPod {
  readonly #all: Cgroup;
  readonly #group: string;

  /** `node` is the control group of the pod's node. */
  constructor(node: string, uid: string) {
    const below = join(node, "kubepods/burstable", `pod${uid}`);
    this.#all = new Cgroup(below);
    this.#group = UNIFIED ? join(MOUNT, below) : join(MOUNT, "memory", below);
  }

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

  /** Kills the container's program, as running out of memory would. */
  async kill(): Promise<void> {
    for (const pid of await this.#all.pids())
      if ((await readFile(`/proc/${pid}/cmdline`, "utf8")).includes("kubeflower."))
        process.kill(pid, "SIGKILL");
  }
}

/** A number of a file with lines of a name and a number. */
export function field(text: string, name: string): number {
  const [, value] = new RegExp(`^${name}:?\\s+(\\d+)`, "m").exec(text) ?? [];
  if (value === undefined) throw new Error(`there is no ${name} in: ${text.slice(0, 200)}`);
  return Number(value);
}

async function peak(pid: number): Promise<number> {
  return field(await readFile(`/proc/${pid}/status`, "utf8"), "VmHWM") * 1024;
}
