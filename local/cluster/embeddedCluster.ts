import { existsSync } from "node:fs";
import { mkdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { clientOfFile, type KubeClient } from "../../kube/client.ts";
import { addons } from "./addons.ts";
import { AddressPlan } from "./addressPlan.ts";
import { images } from "./clusterImages.ts";
import { command } from "../tools/command.ts";
import { controlPlane } from "./controlPlane.ts";
import { Credentials, nodeName } from "./credentials.ts";
import { nodeRoot } from "../machine/debian.ts";
import { cache, state } from "../tools/folders.ts";
import { addContext, removeContext } from "./kubeconfig.ts";
import { kernelSettings } from "./kernelSettings.ts";
import { HostNetwork, nodeNetwork } from "./network.ts";
import { nodeServices, registryConfig } from "./nodeServices.ts";
import { progress } from "../tools/progress.ts";
import { tool } from "../tools/tools.ts";
import { Sandbox } from "../machine/sandbox.ts";

const READY_SECONDS = 120;
/** Seconds that the API server has for an answer. */
const PATIENCE = 2;

/** What is remembered of a running cluster. */
interface Memory {
  readonly nodes: number;
  readonly contextBefore?: string;
}

/** A Kubernetes cluster of this machine: its nodes are units, its context is `kubeflower-<name>`. */
export class EmbeddedCluster {
  readonly folder: string;
  readonly plan: AddressPlan;
  readonly credentials: Credentials;

  constructor(
    readonly name: string,
    index: number,
  ) {
    this.folder = join(state, name);
    this.plan = new AddressPlan(index);
    this.credentials = new Credentials(join(this.folder, "credentials"), this.plan);
  }

  get context(): string {
    return `kubeflower-${this.name}`;
  }

  node(i: number): Sandbox {
    return new Sandbox(`${this.name}/node-${i}`);
  }

  get registry(): Sandbox {
    return new Sandbox(`${this.name}/registry`);
  }

  /** Starts what isn't running and waits until the nodes are ready and DNS answers. */
  async up(nodes: number): Promise<void> {
    const root = join(await nodeRoot(), "root");
    const kube = join(await tool("kube"), "kube");
    const kubeRouter = join(await tool("kube-router"), "kube-router");
    const archives = await images();
    await progress(`starting the cluster ${this.context}`, async () => {
      if (!existsSync(join(this.folder, "memory.json"))) {
        await rm(this.folder, { recursive: true, force: true });
        await this.credentials.create(nodes);
        await this.#remember({ nodes });
      }
      const since = new Date();
      const { nodes: count } = await this.#memory();
      const apiReady = join(this.folder, "api-ready");
      // One for all clusters: what was pushed to one need not be pushed to the next again.
      const registryData = join(cache, "images");
      await mkdir(registryData, { recursive: true });
      if ((await this.registry.pids()).length === 0) await this.#startRegistry(root, registryData);
      const started: number[] = [];
      for (let i = 0; i < count; i++) {
        const unit = this.node(i);
        if ((await unit.pids()).length > 0) continue;
        await unit.stop(); // control groups of a unit that was killed
        if (i === 0) await rm(apiReady, { force: true });
        const { folder, cgroup } = unit;
        const services = await nodeServices({
          ...{ i, folder, cgroup, kube, kubeRouter, registryData, apiReady },
          ...{ plan: this.plan, credentials: this.credentials },
        });
        if (i === 0)
          services.unshift(
            ...controlPlane({
              ...{ kube, apiReady, plan: this.plan, credentials: this.credentials },
              data: join(this.folder, "etcd"),
            }),
          );
        const setup = `${nodeNetwork(this.plan, i)}\n${kernelSettings()}`;
        await unit.start({ root, network: true, services, setup });
        await new HostNetwork(root, this.plan).connect(i, await unit.networkOwner());
        started.push(i);
      }
      const api = clientOfFile(this.credentials.kubeconfig("admin"));
      await this.#until("the API server", async () => {
        await api.text("/readyz", PATIENCE);
      });
      if (started.includes(0)) await this.#createObjects(kube, count);
      await writeFile(apiReady, "");
      for (const i of started) await this.#importImages(i, archives);
      await this.#until("the nodes", () => this.#nodesReady(api, count, started, since));
      await this.#until("DNS", () => dnsReady(api, started.length === count ? since : undefined));
    });
    const before = await addContext(this.context, await this.credentials.owner());
    if (before) await this.#remember({ ...(await this.#memory()), contextBefore: before });
  }

  /** Ends the cluster and removes all of it: processes, links, control groups, context, files. */
  async down(): Promise<void> {
    const memory = await this.#memory();
    for (let i = 0; i < memory.nodes; i++) await this.node(i).stop();
    await this.registry.stop();
    await new HostNetwork(join(await nodeRoot(), "root"), this.plan).remove();
    await removeContext(this.context, memory.contextBefore);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** One line on each part, for a person. */
  async status(): Promise<{ running: boolean; lines: string[] }> {
    if (!existsSync(join(this.folder, "memory.json")))
      return { running: false, lines: [`${this.context}: down`] };
    try {
      const api = clientOfFile(this.credentials.kubeconfig("admin"));
      const { items } = (await api.get<NodeList>("/api/v1/nodes", PATIENCE)).object;
      await dnsReady(api);
      const lines = items.map((n) => `${n.metadata.name}: ${isReady(n) ? "ready" : "not ready"}`);
      return { running: items.every(isReady), lines: [`${this.context}: up`, ...lines] };
    } catch (error) {
      return { running: false, lines: [`${this.context}: broken: ${(error as Error).message}`] };
    }
  }

  async #startRegistry(root: string, data: string): Promise<void> {
    await this.registry.stop();
    const file = join(this.folder, "registry.yaml");
    await writeFile(file, registryConfig(data, this.plan, false));
    const run = `exec docker-registry serve ${file}`;
    await this.registry.start({ root, network: false, services: [{ name: "registry", run }] });
  }

  async #createObjects(kube: string, count: number): Promise<void> {
    const nodes = Array.from({ length: count }, (_, i) => ({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: nodeName(i) },
      spec: { podCIDR: this.plan.pods(i), podCIDRs: [this.plan.pods(i)] },
    }));
    const items = { apiVersion: "v1", kind: "List", items: [...nodes, ...addons()] };
    const admin = `--kubeconfig=${this.credentials.kubeconfig("admin")}`;
    const args = ["kubectl", admin, "apply", "--server-side", "--force-conflicts", "-f", "-"];
    await command(kube, args, { input: JSON.stringify(items) });
  }

  async #importImages(i: number, archives: readonly string[]): Promise<void> {
    const unit = this.node(i);
    const pid = await unit.networkOwner();
    await this.#until("containerd", async () => {
      const root = await readlink(`/proc/${pid}/ns/mnt`);
      if (!root) throw new Error("gone");
      const ctr = ["--target", String(pid), "--mount", "--", "ctr", "-n", "k8s.io", "images"];
      for (const archive of archives) await command("nsenter", [...ctr, "import", archive]);
    });
  }

  async #nodesReady(api: KubeClient, count: number, started: number[], since: Date): Promise<void> {
    const { items } = (await api.get<NodeList>("/api/v1/nodes", PATIENCE)).object;
    if (items.filter(isReady).length < count) throw new Error("not all are ready");
    // After a restart the API still says ready from before; a lease is only renewed by a living kubelet.
    for (const i of started) {
      const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${nodeName(i)}`;
      const { spec } = (await api.get<{ spec: { renewTime: string } }>(path, PATIENCE)).object;
      if (new Date(spec.renewTime) < since) throw new Error(`${nodeName(i)} has not come back`);
    }
  }

  /** Tries until it succeeds; the error past the deadline has the last answer and the logs' ends. */
  async #until(what: string, attempt: () => Promise<void>): Promise<void> {
    const deadline = Date.now() + READY_SECONDS * 1000;
    for (;;) {
      try {
        await attempt();
        return;
      } catch (error) {
        if (Date.now() < deadline) await sleep(100);
        else
          throw new Error(
            `${this.context}: ${what} not ready after ${READY_SECONDS} s: ${(error as Error).message}\n` +
              (await this.#logs()),
          );
      }
    }
  }

  async #logs(): Promise<string> {
    const unit = this.node(0);
    const services = ["unit", "etcd", "kube-apiserver", "kube-controller-manager", "kubelet"];
    const tails = services.map(async (s) => `--- ${s}\n${await unit.tail(s, 5)}`);
    return (await Promise.all(tails)).join("\n");
  }

  async #memory(): Promise<Memory> {
    const text = await readFile(join(this.folder, "memory.json"), "utf8").catch(() => "");
    return text ? (JSON.parse(text) as Memory) : { nodes: 1 };
  }

  async #remember(memory: Memory): Promise<void> {
    await writeFile(join(this.folder, "memory.json"), JSON.stringify(memory));
  }
}

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
  }[];
}

interface PodList {
  readonly items: readonly {
    readonly status: {
      readonly containerStatuses?: readonly {
        readonly ready: boolean;
        readonly state: { readonly running?: { readonly startedAt: string } };
      }[];
    };
  }[];
}

function isReady(node: NodeList["items"][number]): boolean {
  return (node.status.conditions ?? []).some((c) => c.type === "Ready" && c.status === "True");
}

/** Whether DNS answers; with `since`, from a container started after that: the API also says ready of one that is gone. */
async function dnsReady(api: KubeClient, since?: Date): Promise<void> {
  const path = "/api/v1/namespaces/kube-system/pods?labelSelector=k8s-app%3Dkube-dns";
  const { items } = (await api.get<PodList>(path, PATIENCE)).object;
  const containers = items.flatMap(({ status }) => status.containerStatuses ?? []);
  // The API gives whole seconds.
  const from = Math.floor((since?.getTime() ?? 0) / 1000) * 1000;
  const ready = containers.some(
    ({ ready, state }) => ready && Date.parse(state.running?.startedAt ?? "") >= from,
  );
  if (!ready) throw new Error("CoreDNS has no ready pod");
}
