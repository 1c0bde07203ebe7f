import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import Docker from "dockerode";
import lockfile from "proper-lockfile";

import { Cgroup } from "./cgroup.ts";
import { baseImage, nodeRoot } from "./debian.ts";
import { cache } from "./folders.ts";
import { progress } from "./progress.ts";
import { Unit } from "./unit.ts";

const BASE = { repo: "debian", tag: "trixie-slim" };
const READY_SECONDS = 60;
// Of several that want it at once one starts it; a lock left by a killed process goes stale.
const LOCK = {
  realpath: false,
  stale: 10_000,
  retries: { retries: 900, factor: 1, minTimeout: 100 },
};

/** The Docker engine that builds images where the user has none; its layers are kept in the cache. */
export class Engine {
  readonly #unit = new Unit("engine");

  /** Beside the layers, which only one engine can have open: everyone who shares the cache shares the engine. */
  get socket(): string {
    return join(cache, "docker.sock");
  }

  /** What DOCKER_HOST has to be for this engine. */
  get host(): string {
    return `unix://${this.socket}`;
  }

  async running(): Promise<boolean> {
    return (await this.#unit.pids()).length > 0;
  }

  /** Starts the engine unless it runs, and gives it the base image under its usual name. */
  async up(): Promise<void> {
    const root = join(await nodeRoot(), "root");
    const base = await baseImage();
    const unlock = await lockfile.lock(this.socket, LOCK);
    try {
      if (!(await this.running()) || !(await this.#answers())) await this.#start(root);
      await this.#provideBase(base);
    } finally {
      await unlock();
    }
  }

  /** Ends the engine when nothing is built or run in it and no cluster is left that it could build for. */
  async downUnlessNeeded(): Promise<void> {
    const own = await this.#unit.servicePids();
    const all = await new Cgroup("kubeflower").pids();
    if (all.length === own.length) await this.#unit.stop();
  }

  async #start(root: string): Promise<void> {
    await progress("starting the Docker engine", async () => {
      await this.#unit.stop();
      const data = join(cache, "engine");
      const dockerd = [
        `--data-root ${data}`,
        "--exec-root /run/docker -p /run/docker.pid",
        `-H ${this.host} --group root`,
        "--storage-driver overlay2",
        `--cgroup-parent ${this.#unit.cgroup}`,
        "--bridge none --iptables=false --ip6tables=false --ip-masq=false",
      ];
      const run = `rm -f ${this.socket}\nexec dockerd ${dockerd.join(" ")}`;
      await this.#unit.start({ root, network: false, services: [{ name: "dockerd", run }] });
      const deadline = Date.now() + READY_SECONDS * 1000;
      while (!(existsSync(this.socket) && (await this.#answers()))) {
        if (Date.now() > deadline)
          throw new Error(
            `the Docker engine did not answer in ${READY_SECONDS} s\n${await this.#unit.tail("dockerd")}`,
          );
        await sleep(100);
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
      await new Promise((done, failed) => {
        docker.modem.followProgress(output, (error) => {
          if (error) failed(error);
          else done(undefined);
        });
      });
    }
  }

  async #answers(): Promise<boolean> {
    return new Docker({ socketPath: this.socket, timeout: 5000 }).ping().then(
      () => true,
      () => false,
    );
  }
}
