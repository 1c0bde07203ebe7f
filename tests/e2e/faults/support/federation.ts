import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { parse, stringify } from "yaml";

import { command } from "../../../../local/tools/command.ts";
import { Sandbox } from "../../../../local/machine/sandbox.ts";
import { Checkout } from "../../../../dev/checkout.ts";
import { Pod, until } from "./pod.ts";
import { Run } from "./run.ts";
import { Up } from "./up.ts";

/** Settings of the stack. */
export type Settings = Readonly<Record<string, unknown>>;

const NAME = "faults";
const INDEX = 6;

interface PodList {
  readonly items: readonly {
    readonly metadata: { name: string; uid: string; deletionTimestamp?: string };
    readonly spec: { containers: readonly { env?: readonly { name: string; value?: string }[] }[] };
  }[];
}

/** A federation on a cluster of its own whose app gets into trouble as a run is told. */
export class Federation {
  /** The cluster's one node. */
  readonly node: Sandbox;
  #token = 0;
  #run = "";
  #up: Up | undefined;

  private constructor(
    readonly checkout: Checkout,
    private readonly runConfig: Settings,
  ) {
    const name = `${NAME}/node-0`;
    this.node = new Sandbox(name, join(checkout.folder, "kubeflower", name));
  }

  /** `runConfig` is that of all its runs. */
  static async make(runConfig: Settings = {}): Promise<Federation> {
    return new Federation(await Checkout.make(NAME, INDEX), runConfig);
  }

  async remove(): Promise<void> {
    await this.checkout.remove();
  }

  /** Starts the cluster and does one run that nothing disturbs; returns the sha256 of its model. */
  async calm(): Promise<string> {
    await this.#configure({}, {});
    await this.checkout.local("up");
    const { id, modelSha256 } = await this.checkout.result();
    this.#run = id;
    return modelSha256;
  }

  /** Begins a run by `pulumi up`; returns once its server's pod is there. */
  async begin(runConfig: Settings = {}, settings: Settings = {}): Promise<Run> {
    await this.#configure(runConfig, settings);
    const up = await this.follow();
    const [server, id] = await until("pod of the new run", async () => {
      for (const [pod, run] of await this.#serverPods())
        if (run !== this.#run) return [pod, run] as const;
      if (up.code !== undefined) throw new Error(`\`pulumi up\` ended early:\n${up.said}`);
      return undefined;
    });
    this.#run = id;
    return new Run(this, up, server, id);
  }

  /** Starts `pulumi up`; one that a failed test has left behind ends first, and gives the lock back. */
  async follow(): Promise<Up> {
    if (this.#up !== undefined && this.#up.code === undefined) {
      await this.#up.kill();
      await this.checkout.pulumi("cancel", "--yes");
    }
    this.#up = new Up(this.checkout);
    return this.#up;
  }

  /** The client pod of a partition. */
  async client(partition: number): Promise<Pod> {
    const name = `flower-client-${String(partition)}`;
    const uid = await this.checkout.kubectl("get", "pod", name, "-o", "jsonpath={.metadata.uid}");
    return new Pod(this.node, name, uid);
  }

  /** Replaces the client pods, so that none has to wait longer and longer after each of its ends. */
  async renewClients(): Promise<void> {
    await this.checkout.kubectl("delete", "pod", "-l", "app=flower-client", "--grace-period=0");
  }

  /** Folder of the server's volume, as the node sees it. */
  async volume(): Promise<string> {
    const volumes = join(this.node.folder, "volumes");
    const [volume, ...others] = await readdir(volumes);
    if (volume === undefined || others.length > 0)
      throw new Error(`${volumes} has ${String(others.length + 1)} volumes — allowed: one`);
    return join(volumes, volume);
  }

  /** Runs a program of the node's among its files and processes. */
  async inNode(program: string, ...args: string[]): Promise<string> {
    const pid = await this.nodePid();
    const enter = ["--target", String(pid), "--mount", "--pid", "--", program, ...args];
    return command("nsenter", enter, {});
  }

  /** The host's number of the node's first process. */
  async nodePid(): Promise<number> {
    for (const pid of await this.node.servicePids()) {
      const name = await readFile(`/proc/${String(pid)}/comm`, "utf8").catch(() => "");
      if (name === "runsvdir\n") return pid;
    }
    throw new Error(`${this.node.name} does not run`);
  }

  /** Tells the supervisor of the node's services what to do with some: `up`, `down`, `kill`. */
  async services(verb: "up" | "down" | "kill", ...names: string[]): Promise<void> {
    const folders = names.map((name) => join(this.node.folder, "services", name));
    await this.inNode("sv", verb, ...folders);
  }

  async #configure(runConfig: Settings, settings: Settings): Promise<void> {
    this.#token += 1;
    const all: Settings = {
      cluster: "remote",
      context: `kubeflower-${NAME}`,
      registry: `localhost:${String(5554 + INDEX)}`,
      app: "tests/app/troubled",
      clients: 3,
      rounds: 3,
      clientResources: { memory: "256Mi" },
      runToken: String(this.#token),
      runConfig: { ...this.runConfig, ...runConfig },
      ...settings,
    };
    const config = Object.entries(all).map(([key, value]) => [`kubeflower:${key}`, value]);
    const file = join(this.checkout.sources, "Pulumi.local.yaml");
    // The CLI keeps its salt there.
    const kept = parse(await readFile(file, "utf8").catch(() => "{}")) as Settings;
    await writeFile(file, stringify({ ...kept, config: Object.fromEntries(config) as Settings }));
  }

  async #serverPods(): Promise<[Pod, string][]> {
    const list = await this.checkout.kubectl(
      "get",
      "pods",
      "-l",
      "app=flower-server",
      "-o",
      "json",
    );
    return (JSON.parse(list) as PodList).items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata, spec }) => {
        const env = spec.containers.flatMap((container) => container.env ?? []);
        const run = env.find(({ name }) => name === "KUBEFLOWER_RUN")?.value ?? "";
        return [new Pod(this.node, metadata.name, metadata.uid), run];
      });
  }
}
