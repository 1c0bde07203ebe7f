import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Cgroup } from "../../../../local/machine/cgroup.ts";
import type { Sandbox } from "../../../../local/machine/sandbox.ts";
import { until } from "../../support/until.ts";

/** A line of a container's log; `at` is milliseconds since 1970. */
export interface Line {
  readonly at: number;
  readonly text: string;
}

/** A pod of the federation as the host sees it: its process and its log. */
export class Pod {
  constructor(
    private readonly node: Sandbox,
    private readonly namespace: string,
    readonly name: string,
    readonly uid: string,
  ) {}

  /** Sends a signal to the pod's process, once it runs; returns the time in milliseconds. */
  async signal(signal: NodeJS.Signals): Promise<number> {
    const pid = await this.pid();
    // Read the clock before the signal: its effect may be logged before this process goes on.
    const at = Date.now();
    process.kill(pid, signal);
    return at;
  }

  /** Kills the pod's process while one of the files exists, however short that is; returns the time. */
  async killWhile(files: readonly string[]): Promise<number> {
    const pid = await this.pid();
    const isThere = (): boolean => files.some((file) => existsSync(file));
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline) {
      // Poll without a pause: the files exist for milliseconds.
      if (!isThere()) continue;
      process.kill(pid, "SIGSTOP");
      await sleep(5);
      if (isThere()) return this.signal("SIGKILL");
      process.kill(pid, "SIGCONT"); // too late: wait for the next file
    }
    throw new Error(`none of ${files.join(", ")} was seen`);
  }

  /**
   * Waits for the pod's main process and returns its id on the host: the server that its
   * container's first process watches, or the client that watches its app's process.
   */
  async pid(): Promise<number> {
    const role = this.name.includes("server") ? "server" : "client";
    const path = `${this.node.cgroup.slice(1)}/kubepods/burstable/pod${this.uid}`;
    const group = new Cgroup(path);
    return until(`a process of ${this.name}`, async () => {
      for (const pid of await group.pids()) {
        const line = await readFile(`/proc/${String(pid)}/cmdline`, "utf8").catch(() => "");
        if (line.includes(`from kubeflower.${role} import main`)) return pid;
      }
      return undefined;
    });
  }

  /** Waits for the first line with `text` at or after `since`; returns its time. */
  async said(text: string | RegExp, since = 0): Promise<number> {
    try {
      return await until(`"${String(text)}" of ${this.name}`, async () => {
        const lines = (await this.log()).filter(({ at }) => at >= since);
        return lines.find((line) => line.text.search(text) >= 0)?.at;
      });
    } catch (error) {
      const last = (await this.log()).slice(-20).map((line) => line.text);
      throw new Error(`${(error as Error).message}; its last lines:\n${last.join("\n")}`);
    }
  }

  /** Reads the log of the container, and of the one before a restart. */
  async log(): Promise<Line[]> {
    const pods = join(this.node.folder, "log/pods");
    const container = this.name.includes("server") ? "server" : "client";
    const folder = join(pods, `${this.namespace}_${this.name}_${this.uid}`, container);
    const files = (await readdir(folder).catch(() => [])).sort((a, b) => parseInt(a) - parseInt(b));
    const texts = await Promise.all(
      // The log of an earlier container may be removed meanwhile.
      files.map((file) => readFile(join(folder, file), "utf8").catch(() => "")),
    );
    return texts.flatMap((text) => text.split("\n").slice(0, -1)).map(parse);
  }
}

/** Parses a line of the container runtime: time, stream, tag, text. */
function parse(line: string): Line {
  const [time = "", , , ...words] = line.split(" ");
  return { at: Date.parse(time), text: words.join(" ") };
}
