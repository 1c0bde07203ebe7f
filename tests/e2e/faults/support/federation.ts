import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { parse, stringify } from "yaml";

import { command } from "../../../../local/tools/command.ts";
import { Sandbox } from "../../../../local/machine/sandbox.ts";
import type { Checkout } from "../../../../dev/checkout.ts";
import { until } from "../../support/until.ts";
import { Pod } from "./pod.ts";
import { Run } from "./run.ts";
import { Up } from "./up.ts";

/** Settings of the stack. */
export type Settings = Readonly<Record<string, unknown>>;

interface PodList {
  readonly items: readonly {
    readonly metadata: { name: string; uid: string; deletionTimestamp?: string };
    readonly spec: { containers: readonly { env?: readonly { name: string; value?: string }[] }[] };
  }[];
}

/** A federation whose app gets into trouble as the settings of a run say. */
export class Federation {
  /** Node of the cluster, which has one. */
  readonly node: Sandbox;
  #volume: string[] | undefined;
  #token = 0;
  #run = "";
  #up: Up | undefined;

  /** Every run has `runConfig` and `settings`, unless it says otherwise. */
  constructor(
    readonly checkout: Checkout,
    private readonly runConfig: Settings = {},
    private readonly settings: Settings = {},
  ) {
    this.node = new Sandbox(checkout.nodeName, join(checkout.clusterFolder, "node-0"));
  }

  /** Does one run that nothing disturbs, by the command `up`; returns the sha256 of its model. */
  async calm(
    up = ["pulumi", "up", "--yes", "--skip-preview", "--stack", "local"],
  ): Promise<string> {
    await this.#configure({}, {});
    await this.checkout.type([up.join(" ")]);
    const { id, modelSha256 } = await this.checkout.result();
    this.#run = id;
    return modelSha256;
  }

  /** Begins a run by `pulumi up`; returns once its server's pod exists. */
  async begin(runConfig: Settings = {}, settings: Settings = {}): Promise<Run> {
    await this.#configure(runConfig, settings);
    const up = await this.follow();
    const [server, id] = await until("pod of the new run", async () => {
      for (const [pod, run] of await this.#serverPods()) {
        if (run !== this.#run) return [pod, run] as const;
      }
      if (up.code !== undefined) throw new Error(`\`pulumi up\` ended early:\n${up.said}`);
      return undefined;
    });
    this.#run = id;
    return new Run(this, up, server, id);
  }

  /** Starts `pulumi up`; first ends one that a failed test has left, and takes its lock away. */
  async follow(): Promise<Up> {
    if (this.#up !== undefined && this.#up.code === undefined) {
      await this.#up.kill();
      await this.checkout.pulumi("cancel", "--yes");
    }
    this.#up = new Up(this.checkout);
    return this.#up;
  }

  /** Finds the client pod of a partition. */
  async client(partition: number): Promise<Pod> {
    const name = `flower-client-${String(partition)}`;
    const uid = await this.checkout.kubectl("get", "pod", name, "-o", "jsonpath={.metadata.uid}");
    return this.#pod(name, uid);
  }

  /** Replaces the client pods, as Kubernetes delays the restart of a container longer after each crash. */
  async renewClients(): Promise<void> {
    const clients = ["pod", "-l", "app=flower-client"];
    const old = (await this.checkout.uids("flower-client")).split(" ");
    await this.checkout.kubectl("delete", ...clients, "--grace-period=0", "--wait=false");
    const gone = async (): Promise<true | undefined> => {
      const left = (await this.checkout.uids("flower-client")).split(" ");
      return left.some((uid) => old.includes(uid)) ? undefined : true;
    };
    await until("end of the client pods", gone, 60).catch(async (error: unknown) => {
      // One run in many waited six minutes for a pod that its kubelet did not end.
      console.warn(String(error), await this.checkout.kubectl("describe", ...clients));
      await this.checkout.kubectl("delete", ...clients, "--grace-period=0", "--force");
    });
  }

  /** Lets so many client pods exist, the lowest partitions first. */
  async clients(count: number): Promise<void> {
    await this.checkout.kubectl("scale", "statefulset/flower-client", `--replicas=${count}`);
  }

  /** Folder of the server's volume; its path is the same on the node and on the host. */
  async volume(): Promise<string> {
    this.#volume ??= await this.checkout.volumes();
    const [volume, ...others] = this.#volume;
    if (volume === undefined || others.length > 0) {
      throw new Error(`the volumes are ${JSON.stringify(this.#volume)} — allowed: one`);
    }
    return volume;
  }

  /** Runs a program of the node in the node's mount and process namespaces. */
  async inNode(program: string, ...args: string[]): Promise<string> {
    const pid = await this.nodePid();
    const enter = ["--target", String(pid), "--mount", "--pid", "--", program, ...args];
    return command("nsenter", enter, {});
  }

  /** Process id, on the host, of the node's first process. */
  async nodePid(): Promise<number> {
    for (const pid of await this.node.servicePids()) {
      const name = await readFile(`/proc/${String(pid)}/comm`, "utf8").catch(() => "");
      if (name === "runsvdir\n") return pid;
    }
    throw new Error(`${this.node.name} does not run`);
  }

  /** Starts, stops or kills services of the node by their supervisor. */
  async services(verb: "up" | "down" | "kill", ...names: string[]): Promise<void> {
    const folders = names.map((name) => join(this.node.folder, "services", name));
    await this.inNode("sv", verb, ...folders);
  }

  async #configure(runConfig: Settings, settings: Settings): Promise<void> {
    this.#token += 1;
    const all: Settings = {
      cluster: "remote",
      context: this.checkout.context,
      registry: this.checkout.registry,
      namespace: this.checkout.namespace,
      app: "tests/app/troubled",
      clients: 3,
      rounds: 3,
      serverResources: { cpu: "25m" },
      clientResources: { memory: "256Mi", cpu: "25m" },
      runToken: String(this.#token),
      runConfig: { ...this.runConfig, ...runConfig },
      ...this.settings,
      ...settings,
    };
    const config = Object.entries(all).map(([key, value]) => [`kubeflower:${key}`, value]);
    const file = join(this.checkout.sources, "Pulumi.local.yaml");
    // The CLI keeps the salt of the passphrase in this file.
    const kept = parse(await readFile(file, "utf8").catch(() => "{}")) as Settings;
    await writeFile(file, stringify({ ...kept, config: Object.fromEntries(config) as Settings }));
  }

  #pod(name: string, uid: string): Pod {
    return new Pod(this.node, this.checkout.namespace, name, uid);
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
        return [this.#pod(metadata.name, metadata.uid), run];
      });
  }
}
