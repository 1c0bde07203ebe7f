import { mkdir, readlink, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { clientOfFile } from "../../kube/client.ts";
import { nodeRoot } from "../machine/debian.ts";
import { Sandbox, type Service } from "../machine/sandbox.ts";
import { command } from "../tools/command.ts";
import { cache, state } from "../tools/folders.ts";
import { progress } from "../tools/progress.ts";
import { tool } from "../tools/tools.ts";
import { addons } from "./addons.ts";
import { AddressPlan } from "./addressPlan.ts";
import { images } from "./clusterImages.ts";
import { ClusterMemory } from "./clusterMemory.ts";
import { controlPlane } from "./controlPlane.ts";
import { Credentials, nodeName } from "./credentials.ts";
import { kernelSettings } from "./kernelSettings.ts";
import { addContext, removeContext } from "./kubeconfig.ts";
import { HostNetwork, nodeNetwork } from "./network.ts";
import { nodeServices, registryConfig } from "./nodeServices.ts";
import { checkDns, checkNodes, nodesReady, PATIENCE } from "./readiness.ts";

/** Time that each part of the cluster has to become ready, in seconds. */
const READY_SECONDS = 120;

/** Layers of pushed images; all clusters share them, so an image is pushed only once. */
const REGISTRY_DATA = join(cache, "images");

/** Built files that a cluster runs. */
interface Programs {
  /** The Debian tree of nodes and registry. */
  readonly root: string;
  /** Kubernetes and etcd. */
  readonly kube: string;
  readonly kubeRouter: string;
  /** Images that nodes need before they can pull any, as tar files. */
  readonly archives: readonly string[];
}

/** A Kubernetes cluster on this machine. Its nodes are sandboxes, its context is `kubeflower-<name>`. */
export class EmbeddedCluster {
  /** Folder with the cluster's files. */
  readonly folder: string;
  /** Addresses of nodes, pods and Services. */
  readonly plan: AddressPlan;
  /** Certificates and kubeconfig files of the cluster's programs. */
  readonly credentials: Credentials;
  readonly #memory: ClusterMemory;

  /** @param index number of the cluster on this machine, 1 … 250; it decides the addresses */
  constructor(
    readonly name: string,
    index: number,
  ) {
    this.folder = join(state, name);
    this.plan = new AddressPlan(index);
    this.credentials = new Credentials(join(this.folder, "credentials"), this.plan);
    this.#memory = new ClusterMemory(this.folder);
  }

  /** Name of its context in the user's kubeconfig. */
  get context(): string {
    return `kubeflower-${this.name}`;
  }

  /** The sandbox of node i. */
  node(i: number): Sandbox {
    return new Sandbox(`${this.name}/node-${i}`);
  }

  /** The sandbox of the registry that the host pushes images to. */
  get registry(): Sandbox {
    return new Sandbox(`${this.name}/registry`);
  }

  /** File that exists once the API server has answered; the other programs wait for it. */
  get #apiReady(): string {
    return join(this.folder, "api-ready");
  }

  /** Starts what does not run, and waits until the nodes are ready and DNS answers. */
  async up(nodes: number): Promise<void> {
    const programs = await this.#programs();
    await progress(`starting the cluster ${this.context}`, async () => {
      await this.#createCredentials(nodes);
      const since = new Date();
      const { nodes: count } = await this.#memory.read();
      await this.#startRegistry(programs);
      const started = await this.#startNodes(programs, count);
      await this.#awaitApi();
      if (started.includes(0)) await this.#createObjects(programs, count);
      await writeFile(this.#apiReady, "");
      for (const i of started) await this.#importImages(i, programs);
      await this.#awaitNodes(count, started, since);
    });
    const before = await addContext(this.context, await this.credentials.owner());
    if (before) await this.#memory.add({ contextBefore: before });
  }

  /** Ends the cluster and removes all of it: processes, links, control groups, context, files. */
  async down(): Promise<void> {
    const { nodes, contextBefore } = await this.#memory.read();
    for (let i = 0; i < nodes; i++) await this.node(i).stop();
    await this.registry.stop();
    await new HostNetwork(join(await nodeRoot(), "root"), this.plan).remove();
    await removeContext(this.context, contextBefore);
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Says for a person what runs, one line for each part. */
  async status(): Promise<{ running: boolean; lines: string[] }> {
    if (!this.#memory.exists) return { running: false, lines: [`${this.context}: down`] };
    try {
      const api = clientOfFile(this.credentials.kubeconfig("admin"));
      const ready = await nodesReady(api);
      await checkDns(api);
      const lines = [...ready].map(([name, up]) => `${name}: ${up ? "ready" : "not ready"}`);
      const running = [...ready.values()].every(Boolean);
      return { running, lines: [`${this.context}: up`, ...lines] };
    } catch (error) {
      return { running: false, lines: [`${this.context}: broken: ${(error as Error).message}`] };
    }
  }

  async #programs(): Promise<Programs> {
    return {
      root: join(await nodeRoot(), "root"),
      kube: join(await tool("kube"), "kube"),
      kubeRouter: join(await tool("kube-router"), "kube-router"),
      archives: await images(),
    };
  }

  /** Makes the credentials of a new cluster; one that exists keeps its own. */
  async #createCredentials(nodes: number): Promise<void> {
    if (this.#memory.exists) return;
    await rm(this.folder, { recursive: true, force: true });
    await this.credentials.create(nodes);
    await this.#memory.add({ nodes });
  }

  async #startRegistry({ root }: Programs): Promise<void> {
    await mkdir(REGISTRY_DATA, { recursive: true });
    if ((await this.registry.pids()).length > 0) return;
    await this.registry.stop();
    const file = join(this.folder, "registry.yaml");
    await writeFile(file, registryConfig(REGISTRY_DATA, this.plan, false));
    const run = `exec docker-registry serve ${file}`;
    await this.registry.start({ root, network: false, services: [{ name: "registry", run }] });
  }

  /** Starts the nodes that do not run; returns their numbers. */
  async #startNodes(programs: Programs, count: number): Promise<number[]> {
    const started: number[] = [];
    for (let i = 0; i < count; i++) {
      if ((await this.node(i).pids()).length > 0) continue;
      await this.#startNode(programs, i);
      started.push(i);
    }
    return started;
  }

  async #startNode(programs: Programs, i: number): Promise<void> {
    const { root } = programs;
    const node = this.node(i);
    await node.stop(); // removes the control groups of a node that was killed
    if (i === 0) await rm(this.#apiReady, { force: true });
    const services = await this.#services(programs, i);
    const setup = `${nodeNetwork(this.plan, i)}\n${kernelSettings()}`;
    await node.start({ root, network: true, services, setup });
    await new HostNetwork(root, this.plan).connect(i, await node.networkOwner());
  }

  /** Programs of node i; the control plane runs on node 0. */
  async #services({ kube, kubeRouter }: Programs, i: number): Promise<Service[]> {
    const { plan, credentials } = this;
    const { folder, cgroup } = this.node(i);
    const apiReady = this.#apiReady;
    const shared = { kube, plan, credentials, apiReady };
    const services = await nodeServices({
      ...shared,
      i,
      folder,
      cgroup,
      kubeRouter,
      registryData: REGISTRY_DATA,
    });
    if (i > 0) return services;
    return [...controlPlane({ ...shared, data: join(this.folder, "etcd") }), ...services];
  }

  async #createObjects({ kube }: Programs, count: number): Promise<void> {
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

  async #importImages(i: number, { archives }: Programs): Promise<void> {
    const pid = await this.node(i).networkOwner();
    await this.#until("containerd", async () => {
      const root = await readlink(`/proc/${pid}/ns/mnt`);
      if (!root) throw new Error("gone");
      const ctr = ["--target", String(pid), "--mount", "--", "ctr", "-n", "k8s.io", "images"];
      for (const archive of archives) await command("nsenter", [...ctr, "import", archive]);
    });
  }

  async #awaitApi(): Promise<void> {
    const api = clientOfFile(this.credentials.kubeconfig("admin"));
    await this.#until("the API server", async () => {
      await api.text("/readyz", PATIENCE);
    });
  }

  async #awaitNodes(count: number, started: readonly number[], since: Date): Promise<void> {
    const api = clientOfFile(this.credentials.kubeconfig("admin"));
    await this.#until("the nodes", () => checkNodes(api, count, started, since));
    await this.#until("DNS", () => checkDns(api, started.length === count ? since : undefined));
  }

  /** Tries until it succeeds; the error after the deadline holds the last answer and the ends of the logs. */
  async #until(what: string, attempt: () => Promise<void>): Promise<void> {
    const deadline = Date.now() + READY_SECONDS * 1000;
    for (;;) {
      try {
        await attempt();
        return;
      } catch (error) {
        if (Date.now() >= deadline) {
          throw new Error(
            `${this.context}: ${what} not ready after ${READY_SECONDS} s: ${(error as Error).message}\n` +
              (await this.#logs()),
          );
        }
        await sleep(100);
      }
    }
  }

  async #logs(): Promise<string> {
    const node = this.node(0);
    const services = ["sandbox", "etcd", "kube-apiserver", "kube-controller-manager", "kubelet"];
    const tails = services.map(async (name) => `--- ${name}\n${await node.tail(name, 5)}`);
    return (await Promise.all(tails)).join("\n");
  }
}
