import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Cgroup } from "./cgroup.ts";
import { cache, project, state } from "../tools/folders.ts";

/** A program that is kept running inside a sandbox. */
export interface Service {
  /** Name of the program, and of its log. */
  readonly name: string;
  /** Shell lines that end in `exec <program>`. */
  readonly run: string;
}

/** Contents of a sandbox. */
export interface SandboxSpec {
  /** Folder of the Debian tree that becomes its /usr and /etc. */
  readonly root: string;
  /** Whether it has a network namespace; otherwise it uses the host's network. */
  readonly network: boolean;
  /** Programs that runit keeps running. */
  readonly services: readonly Service[];
  /** Shell lines that run inside before the services start. @default none */
  readonly setup?: string;
}

/**
 * Services in Linux namespaces (mounts, processes, host name, perhaps network) over a Debian tree, supervised by runit.
 * When its first process ends, the kernel ends its processes, mounts and network. The project's state and cache have the
 * same paths inside as outside.
 */
export class Sandbox {
  readonly #cgroup: Cgroup;

  /** @param name unique on the machine: it names the control group below `kubeflower/` */
  constructor(
    readonly name: string,
    /** Folder of its files. */
    readonly folder: string = join(state, name),
  ) {
    this.#cgroup = new Cgroup(`kubeflower/${name}`);
  }

  /** Path of its control group, in the form that the kubelet and Docker take. */
  get cgroup(): string {
    return `/${this.#cgroup.path}`;
  }

  /** File with the end of a service's output. */
  log(service: string): string {
    return join(this.folder, "log", service, "current");
  }

  /** Its processes, by the host's numbers; none when it is down. */
  pids(): Promise<number[]> {
    return this.#cgroup.pids();
  }

  /** Its processes without those of containers that the services run. */
  servicePids(): Promise<number[]> {
    return new Cgroup(`${this.#cgroup.path}/sys`).pids();
  }

  /** Starts the sandbox; it must be down. */
  async start(spec: SandboxSpec): Promise<void> {
    await this.#cgroup.create("sys");
    const folders = ["log", "var-lib", "root"].map((name) => join(this.folder, name));
    for (const folder of [...folders, state, cache]) await mkdir(folder, { recursive: true });
    await this.#writeServices(spec.services);
    const binds = [
      [join(this.folder, "log"), "/var/log"],
      [join(this.folder, "var-lib"), "/var/lib"],
      [state, state],
      [cache, cache],
    ];
    await writeFile(join(this.folder, "setup"), `set -eu\n${spec.setup ?? ""}\n`);
    const out = openSync(join(this.folder, "log", "sandbox"), "a");
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

  /** Waits until the sandbox's first process runs in its network namespace; returns its number. */
  async networkOwner(seconds = 10): Promise<number> {
    const deadline = Date.now() + seconds * 1000;
    while (Date.now() < deadline) {
      // Not the lowest pid: pids wrap around, and a short-lived later process may have a lower one.
      for (const pid of await this.servicePids()) if (await isFirst(pid)) return pid;
      await sleep(10);
    }
    throw new Error(
      `${this.name} did not start within ${seconds} s\n${await this.tail("sandbox")}`,
    );
  }

  /** The last lines of a service's log, or of the sandbox's start (`sandbox`). */
  async tail(service: string, lines = 15): Promise<string> {
    const file = service === "sandbox" ? join(this.folder, "log", "sandbox") : this.log(service);
    const text = await readFile(file, "utf8").catch(() => "");
    return text.trimEnd().split("\n").slice(-lines).join("\n");
  }

  /** Kills its processes and removes its control groups; its folder stays. Does nothing when it is down. */
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

/** Whether a process is the first of a sandbox: number 1 in a process namespace directly below ours. */
async function isFirst(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return /^NSpid:\t\d+\t1$/m.test(status);
}
