import http from "node:http";
import type { Duplex } from "node:stream";

import { PORTS } from "../contract/names.ts";
import { parseStatus, type KeptRun, type Status } from "../contract/status.ts";
import type { KubeClient } from "../kube/client.ts";
import { Hopeless, within } from "../kube/errors.ts";
import { connect } from "../kube/portForward.ts";
import { isTerminating, runOf, type Pod } from "./diagnosis/objects.ts";
import type { Federation } from "./federation.ts";

/** Deadline of one question, in seconds. */
const SECONDS = 5;

/**
 * Asks the server's pod for its status through a port-forward. Each question gets a new one: the
 * server closes the connection after an answer.
 */
export class StatusClient {
  readonly #cluster: KubeClient;
  readonly #federation: Federation;
  /** Name of the pod that answered last; undefined when it has to be looked up. */
  #pod: string | undefined;

  constructor(cluster: KubeClient, federation: Federation) {
    this.#cluster = cluster;
    this.#federation = federation;
  }

  /**
   * Reads the server's status; null while no pod of it runs.
   * @param run id of a run whose pod is preferred; the status may still be another run's
   * @throws Unreachable when the API server does not answer, Hopeless when it refuses
   * @throws Error when only the pod does not answer
   */
  async read(run?: string): Promise<Status | null> {
    this.#pod ??= running(await this.#federation.serverPods(), run);
    const pod = this.#pod;
    if (pod === undefined) return null;
    try {
      const status = parseStatus(await within(this.#get(pod), SECONDS, "no status"));
      if (run !== undefined && status.run !== run) this.#pod = undefined;
      return status;
    } catch (fault) {
      // The pod may have been replaced: look it up again the next time.
      this.#pod = undefined;
      throw refusalOf(fault, pod);
    }
  }

  /** Deletes the server's pod that was read last; its Deployment makes a new one. */
  async restart(): Promise<void> {
    const pod = this.#pod;
    this.#pod = undefined;
    if (pod !== undefined) await this.#federation.deletePods([pod]);
  }

  /**
   * Lists the runs on the server's volume; null while no pod of the server runs.
   * @throws like `read`
   */
  async runs(): Promise<KeptRun[] | null> {
    const pod = running(await this.#federation.serverPods(), undefined);
    if (pod === undefined) return null;
    const text = await within(this.#get(pod, "/runs"), SECONDS, "no list of runs");
    return JSON.parse(text) as KeptRun[];
  }

  async #get(pod: string, path = "/status"): Promise<string> {
    const { namespace } = this.#federation;
    const port = { namespace, pod, port: PORTS.status };
    const connection = await connect(this.#cluster, port, SECONDS);
    try {
      return await exchange(connection, path);
    } finally {
      connection.destroy();
    }
  }
}

/** Tells a port-forward that the API server refuses from one that fails. */
function refusalOf(fault: unknown, pod: string): Error {
  const message = fault instanceof Error ? fault.message : String(fault);
  // The library reports the refusal of an upgrade only in words.
  if (!/server response: 40[13]/.test(message)) return new Error(message, { cause: fault });
  return new Hopeless(
    `port-forward to pod ${pod} is refused (${message}) — following needs get and create on pods/portforward — ask for that right`,
  );
}

/** Sends one request over a connection and reads the answer. */
function exchange(connection: Duplex, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      path,
      headers: { host: "localhost", connection: "close" },
      signal: AbortSignal.timeout(SECONDS * 1000),
      createConnection: () => connection,
    };
    connection.on("error", reject);
    http
      .request(options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (text += part));
        response.on("error", reject);
        response.on("end", () => {
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`the status port answers ${response.statusCode}`));
        });
      })
      .on("error", reject)
      .end();
  });
}

/** Name of a server pod that runs, one of this run if there is any. */
function running(pods: readonly Pod[], run: string | undefined): string | undefined {
  const alive = pods.filter(
    (pod) =>
      !isTerminating(pod) && pod.status?.containerStatuses?.[0]?.state?.running !== undefined,
  );
  const preferred = alive.find((pod) => run === undefined || runOf(pod) === run);
  return (preferred ?? alive[0])?.metadata.name;
}
