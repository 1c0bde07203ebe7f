import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import Docker from "dockerode";
import lockfile from "proper-lockfile";

import { Cgroup } from "./cgroup.ts";
import { baseImage, nodeRoot } from "./debian.ts";
import { cache } from "../tools/folders.ts";
import { progress } from "../tools/progress.ts";
import { Sandbox } from "./sandbox.ts";

const BASE = { repo: "debian", tag: "trixie-slim" };
const READY_SECONDS = 60;
/** A lock of a killed process goes stale after 10 s; a living one is waited for up to 90 s. */
const LOCK = {
  realpath: false,
  stale: 10_000,
  retries: { retries: 900, factor: 1, minTimeout: 100 },
};

/** The Docker engine that builds images where the user has none. Its layers stay in the cache. */
export class DockerEngine {
  readonly #sandbox = new Sandbox(
    `engine-${createHash("sha256").update(cache).digest("hex").slice(0, 8)}`,
    join(cache, "engine-unit"),
  );

  /** Its socket, beside the layers: only one engine can open these, so all who share the cache share it. */
  get socket(): string {
    return join(cache, "docker.sock");
  }

  /** Value of DOCKER_HOST for this engine. */
  get host(): string {
    return `unix://${this.socket}`;
  }

  /** Whether it runs. */
  async running(): Promise<boolean> {
    return (await this.#sandbox.pids()).length > 0;
  }

  /** Starts the engine unless it runs, and imports the base image under its usual name. */
  async up(): Promise<void> {
    const root = join(await nodeRoot(), "root");
    const base = await baseImage();
    await this.#alone(async () => {
      // A slow engine may be building for another process: restart it only when it never answers.
      if (!(await this.running()) || !(await this.#comesUp())) await this.#start(root);
      await this.#provideBase(base);
    });
  }

  /** Ends the engine unless it builds or runs something, or a cluster runs that it may build for. */
  async downUnlessNeeded(): Promise<void> {
    if (!(await this.running())) return;
    await this.#alone(async () => {
      const own = await this.#sandbox.servicePids();
      const all = await new Cgroup("kubeflower").pids();
      if (all.length === own.length) await this.#sandbox.stop();
    });
  }

  /** Runs the job under the engine's lock, so that no other process runs one. */
  async #alone(job: () => Promise<void>): Promise<void> {
    const unlock = await lockfile.lock(this.socket, LOCK);
    try {
      await job();
    } finally {
      await unlock();
    }
  }

  async #start(root: string): Promise<void> {
    await progress("starting the Docker engine", async () => {
      await this.#sandbox.stop();
      const data = join(cache, "engine");
      const dockerd = [
        `--data-root ${data}`,
        "--exec-root /run/docker -p /run/docker.pid",
        `-H ${this.host} --group root`,
        "--storage-driver overlay2",
        `--cgroup-parent ${this.#sandbox.cgroup}`,
        "--bridge none --iptables=false --ip6tables=false --ip-masq=false",
      ];
      const run = `rm -f ${this.socket}\nexec dockerd ${dockerd.join(" ")}`;
      await this.#sandbox.start({ root, network: false, services: [{ name: "dockerd", run }] });
      if (!(await this.#comesUp())) {
        throw new Error(
          `the Docker engine did not answer in ${READY_SECONDS} s\n${await this.#sandbox.tail("dockerd")}`,
        );
      }
    });
  }

  async #provideBase(tar: string): Promise<void> {
    const docker = new Docker({ socketPath: this.socket });
    const known = await docker.listImages({
      filters: { reference: [`${BASE.repo}:${BASE.tag}`] },
    });
    if (known.length === 0) {
      const output = await docker.importImage(tar, BASE);
      await new Promise((resolve, reject) => {
        docker.modem.followProgress(output, (error) => {
          if (error) reject(error);
          else resolve(undefined);
        });
      });
    }
  }

  async #comesUp(): Promise<boolean> {
    const deadline = Date.now() + READY_SECONDS * 1000;
    while (!(existsSync(this.socket) && (await this.#answers()))) {
      if (Date.now() > deadline) return false;
      await sleep(100);
    }
    return true;
  }

  async #answers(): Promise<boolean> {
    return new Docker({ socketPath: this.socket, timeout: 5000 }).ping().then(
      () => true,
      () => false,
    );
  }
}
