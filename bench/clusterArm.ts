import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

import { DATA_FOLDER } from "../contract/names.ts";
import type { Status } from "../contract/status.ts";
import { clientOf } from "../kube/client.ts";
import { Federation } from "../cli/federation.ts";
import { StatusClient } from "../cli/statusClient.ts";
import { DockerEngine } from "../local/machine/dockerEngine.ts";
import { Sandbox } from "../local/machine/sandbox.ts";
import { Checkout } from "../dev/checkout.ts";
import { imageSize, type ImageSize } from "../dev/imageSize.ts";
import type { Job, Lap, Pods, Sample } from "./measured.ts";
import { HostPod } from "./pods.ts";

const [NAME, INDEX] = ["bench", 8];
const RUNS = `${DATA_FOLDER}/runs`;

/** Fields of a pod that are read here. */
interface Pod {
  readonly metadata: { readonly uid: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly conditions?: readonly { type: string; status: string; lastTransitionTime: string }[];
  };
}

/** The arm on the embedded cluster, with its own stack. Each job is a `pulumi up`, as a user does it. */
export class ClusterArm {
  readonly #checkout: Checkout;
  #runs = 0;

  private constructor(checkout: Checkout) {
    this.#checkout = checkout;
  }

  /** Starts the cluster and runs a job once, to build the image and to warm up. */
  static async start(job: Job): Promise<ClusterArm> {
    const arm = new ClusterArm(await Checkout.make(NAME, INDEX));
    try {
      await arm.#checkout.pulumi("stack", "init", "local");
      await arm.#configure(job);
      await arm.#checkout.local("up");
      return arm;
    } catch (error) {
      await arm.close();
      throw error;
    }
  }

  /** Removes stack and cluster. */
  close(): Promise<void> {
    return this.#checkout.remove();
  }

  /** Runs a job. */
  async run(job: Job): Promise<Sample> {
    await this.#configure(job);
    const since = Date.now();
    const up = this.#checkout.pulumi("up", "--yes", "--skip-preview");
    const [noticed] = await Promise.all([job.kill ? this.#kill(job) : undefined, up]);
    const { arm, workload } = job;
    const [load = 0] = loadavg();
    if (noticed !== undefined) return { arm, workload, noticed, peak: {}, load };
    const { begun, laps } = await this.#laps(job);
    const { peak, ...pods } = await this.#pods(since);
    const upToRound = begun === undefined ? {} : { upToRound: begun - since / 1000 };
    return { arm, workload, laps, peak, pods, ...upToRound, load };
  }

  /** Size of the image that the stack built last. */
  async image(): Promise<ImageSize> {
    return imageSize(
      await this.#checkout.pulumi("stack", "output", "image"),
      new DockerEngine().socket,
    );
  }

  async #configure({ app, clients, rounds, floats, ...rest }: Job): Promise<void> {
    const { arrays = 1, evaluate = true, pause = 0 } = rest;
    const settings = {
      app,
      clients,
      rounds,
      runToken: `run-${++this.#runs}`,
      // So little that the largest workload fits on one small node.
      "clientResources.cpu": clients > 2 ? "10m" : "250m",
      "clientResources.memory": clients > 16 ? "160Mi" : "768Mi",
    };
    const own = floats === undefined ? {} : { floats, arrays, evaluate, pause };
    const pairs = [
      ...Object.entries(settings),
      ...Object.entries(own).map(([key, value]) => [`runConfig.${key}`, value] as const),
    ].flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
    await this.#checkout.pulumi("config", "rm", "runConfig").catch(() => ""); // it was not set
    await this.#checkout.pulumi("config", "set-all", "--path", ...pairs);
  }

  /** Reads the run's laps from its volume: those of the app `load`, or else the seconds of its rounds. */
  async #laps({ floats }: Job): Promise<{ begun?: number; laps: Lap[] }> {
    const { id } = await this.#checkout.result();
    const read = (file: string): Promise<string> =>
      this.#checkout.kubectl("exec", "deploy/flower-server", "--", "cat", `${RUNS}/${id}/${file}`);
    if (floats !== undefined) {
      const times = JSON.parse(await read("work/times.json")) as { begun: number; laps: Lap[] };
      // A round needs CPU outside the server's container too, so this figure does not count.
      return { begun: times.begun, laps: times.laps.map(([time, , bytes]) => [time, 0, bytes]) };
    }
    const lines = (await read("metrics.jsonl")).split("\n");
    let time = 0;
    const ends = lines.map((line) => (time += (JSON.parse(line) as { seconds: number }).seconds));
    return { laps: [0, ...ends].map((end) => [end, 0, 0]) };
  }

  async #pods(since: number): Promise<Pods & { peak: Record<string, number> }> {
    const [server, clients] = await Promise.all([
      this.#podsOf("flower-server"),
      this.#podsOf("flower-client"),
    ]);
    const ready = [...server, ...clients].map(({ status }) =>
      Date.parse(status.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime ?? ""),
    );
    const memory = (pods: Pod[]) => Promise.all(pods.map((pod) => hostPod(pod).memory()));
    const [ofServer, ofClients] = await Promise.all([memory(server), memory(clients)]);
    const most = (values: number[]): number => Math.max(...values);
    return {
      count: clients.length,
      ready: (most(ready) - since) / 1000,
      client: {
        anonymous: most(ofClients.map(({ anonymous }) => anonymous)),
        workingSet: most(ofClients.map(({ workingSet }) => workingSet)),
      },
      total: [...ofServer, ...ofClients].reduce((sum, { workingSet }) => sum + workingSet, 0),
      peak: {
        server: most(ofServer.map(({ peak }) => peak)),
        client: most(ofClients.map(({ peak }) => peak)),
      },
    };
  }

  /** Lists the pods with this label `app` that are not terminating. */
  async #podsOf(app: string): Promise<Pod[]> {
    const text = await this.#checkout.kubectl("get", "pods", "-l", `app=${app}`, "-o", "json");
    const { items } = JSON.parse(text) as { items: Pod[] };
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  /** Kills the last client in the first training; returns the seconds until the server noticed. */
  async #kill({ clients }: Job): Promise<number> {
    const { KUBECONFIG } = this.#checkout.env;
    if (KUBECONFIG !== undefined) process.env.KUBECONFIG = KUBECONFIG;
    const cluster = clientOf(`kubeflower-${NAME}`);
    const server = new StatusClient(cluster, new Federation(cluster, "kubeflower"));
    const until = async (reached: (status: Status) => boolean): Promise<number> => {
      const deadline = Date.now() + 120_000;
      while (Date.now() < deadline) {
        // The pod may still be that of the previous run, which is ending.
        const status = await server.read().catch(() => null);
        if (status !== null && reached(status)) return Date.now();
        await sleep(20);
      }
      throw new Error("the server's status was not as awaited within 120 s");
    };
    await until(({ state, round }) => state === "running" && round === 1);
    await sleep(1000); // by then all clients train
    const last = (await this.#podsOf("flower-client")).at(-1);
    if (last === undefined) throw new Error("there is no client");
    const since = Date.now();
    await hostPod(last).kill();
    return ((await until(({ nodes }) => !nodes.includes(clients - 1))) - since) / 1000;
  }
}

function hostPod({ metadata }: Pod): HostPod {
  return new HostPod(new Sandbox(`${NAME}/node-0`).cgroup, metadata.uid);
}
