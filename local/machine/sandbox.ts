import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Cgroup } from "./cgroup.ts";
import { cache, project, state } from "../tools/folders.ts";

/** A program kept running inside a unit. */
export interface Service {
  readonly name: string;
  /** Shell lines that end in `exec <program>`. */
  readonly run: string;
}

/** What a unit is made of. */
export interface SandboxSpec {
  /** The Debian tree that is its /usr and /etc. */
  readonly root: string;
  /** Whether it has a network of its own; otherwise the host's. */
  readonly network: boolean;
  readonly services: readonly Service[];
  /** Folders of the host seen under another path inside, as `[host, inside]`. */
  readonly binds?: readonly (readonly [string, string])[];
  /** Shell lines run inside before the services start. */
  readonly setup?: string;
}

/**
 * A set of services in Linux namespaces of their own (mounts, processes, host name, perhaps network) over a Debian
 * tree, supervised by runit. Ending its first process ends all of it: the kernel takes processes, mounts and network
 * down. All of the project's state and cache have the same paths inside as outside.
 */
export class Sandbox {
  readonly #cgroup: Cgroup;

  /** `name` is unique on the machine: it is the unit's among the control groups, below `kubeflower/`. */
  constructor(
    readonly name: string,
    /** Where the unit keeps its files. */
    readonly folder: string = join(state, name),
  ) {
    this.#cgroup = new Cgroup(`kubeflower/${name}`);
  }

  /** The path of the unit's control groups, as the kubelet and the Docker engine want it. */
  get cgroup(): string {
    return `/${this.#cgroup.path}`;
  }

  /** The file with what a service printed last. */
  log(service: string): string {
    return join(this.folder, "log", service, "current");
  }

  /** The processes of the unit's services, by the host's numbers; none when it is down. */
  pids(): Promise<number[]> {
    return this.#cgroup.pids();
  }

  /** As {@link pids}, without those of containers that the services run. */
  servicePids(): Promise<number[]> {
    return new Cgroup(`${this.#cgroup.path}/sys`).pids();
  }

  /** Starts the unit; it must be down. */
  async start(spec: SandboxSpec): Promise<void> {
    await this.#cgroup.create("sys");
    const own = ["log", "var-lib", "root"].map((name) => join(this.folder, name));
    for (const folder of [...own, state, cache]) await mkdir(folder, { recursive: true });
    await this.#writeServices(spec.services);
    const binds = [
      [join(this.folder, "log"), "/var/log"],
      [join(this.folder, "var-lib"), "/var/lib"],
      ...(spec.binds ?? []),
      [state, state],
      [cache, cache],
    ];
    await writeFile(join(this.folder, "setup"), `set -eu\n${spec.setup ?? ""}\n`);
    const out = openSync(join(this.folder, "log", "unit"), "a");
    const args = [
      join(project, "local/machine/sandbox.sh"),
      this.folder,
      spec.root,
      spec.network ? "own-network" : "host-network",
      this.#cgroup.joinFiles("sys").join(" "),
      ...binds.flat(),
    ];
    spawn("sh", args, { detached: true, stdio: ["ignore", out, out] }).unref();
  }

  /** Waits until the unit's first process is there, in the unit's own network, and returns its number. */
  async networkOwner(seconds = 10): Promise<number> {
    const deadline = Date.now() + seconds * 1000;
    while (Date.now() < deadline) {
      // Not the lowest number: the kernel begins anew at its highest, and later processes of the unit soon end.
      for (const pid of await this.servicePids()) if (await isFirst(pid)) return pid;
      await sleep(10);
    }
    throw new Error(`${this.name} did not start within ${seconds} s\n${await this.tail("unit")}`);
  }

  /** The last lines of a service's log, or of the unit's own start (`unit`). */
  async tail(service: string, lines = 15): Promise<string> {
    const file = service === "unit" ? join(this.folder, "log", "unit") : this.log(service);
    const text = await readFile(file, "utf8").catch(() => "");
    return text.trimEnd().split("\n").slice(-lines).join("\n");
  }

  /** Ends every process of the unit and removes its control groups; its folder stays. Nothing to do when it is down. */
  async stop(): Promise<void> {
    await this.#cgroup.remove();
  }

  async #writeServices(services: readonly Service[]): Promise<void> {
    const folder = join(this.folder, "services");
    await rm(folder, { recursive: true, force: true });
    for (const { name, run } of services) {
      const files = {
        run: `#!/bin/sh\nexec 2>&1\n${run}\n`,
        "log/run": `#!/bin/sh\nmkdir -p /var/log/${name}\nexec svlogd /var/log/${name}\n`,
      };
      for (const [file, content] of Object.entries(files)) {
        await mkdir(join(folder, name, "log"), { recursive: true });
        await writeFile(join(folder, name, file), content, { mode: 0o755 });
      }
    }
  }
}

/** Whether it is the first process of a unit: number 1 in the one namespace of processes below ours. */
async function isFirst(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return /^NSpid:\t\d+\t1$/m.test(status);
}
