import { text } from "node:stream/consumers";

import { parseStatus, type KeptRun, type Status } from "../contract/status.ts";
import type { KubeClient } from "../kube/client.ts";
import { Hopeless, within } from "../kube/errors.ts";
import type { Federation } from "./federation.ts";
import { ServerPort } from "./serverPort.ts";

/** Deadline of one question, in seconds. */
const SECONDS = 5;
/** Words of the kubelet for a port on which no program listens. */
const CLOSED = /error forwarding port .*refused/s;

/**
 * Asks the server's pod for its status through a port-forward. Each question gets a new one: the
 * server closes the connection after an answer.
 */
export class StatusClient {
  readonly #federation: Federation;
  readonly #port: ServerPort;
  /** Name of the pod that answered last; undefined when it has to be looked up. */
  #pod: string | undefined;

  constructor(cluster: KubeClient, federation: Federation) {
    this.#federation = federation;
    this.#port = new ServerPort(cluster, federation);
  }

  /**
   * Reads the server's status; null while no pod of it runs.
   * @param run id of a run whose pod is preferred; the status may still be another run's
   * @throws Unreachable when the API server does not answer, Hopeless when it refuses
   * @throws Error when only the pod does not answer
   */
  async read(run?: string): Promise<Status | null> {
    this.#pod ??= await this.#port.pod(run);
    const pod = this.#pod;
    if (pod === undefined) return null;
    try {
      const status = parseStatus(await within(this.#get(pod, "/status"), SECONDS, "no status"));
      if (run !== undefined && status.run !== run) this.#pod = undefined;
      return status;
    } catch (fault) {
      // The pod may have been replaced: look it up again the next time.
      this.#pod = undefined;
      if (fault instanceof Hopeless) throw fault;
      throw new Error(this.#why(pod, fault), { cause: fault });
    }
  }

  /** Tells why a pod does not answer. */
  #why(pod: string, fault: unknown): string {
    const message = fault instanceof Error ? fault.message : String(fault);
    return CLOSED.test(message)
      ? `waiting for the server: the program of pod ${pod} does not answer yet — see: kubectl -n ${this.#federation.namespace} logs ${pod}`
      : message;
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
    const pod = await this.#port.pod();
    if (pod === undefined) return null;
    const list = await within(this.#get(pod, "/runs"), SECONDS, "no list of runs");
    return JSON.parse(list) as KeptRun[];
  }

  async #get(pod: string, path: string): Promise<string> {
    const { response, close } = await this.#port.ask({ pod, path, seconds: SECONDS });
    const stalled = setTimeout(close, SECONDS * 1000);
    try {
      const body = await text(response);
      if (response.statusCode === 200) return body;
      throw new Error(`the status port answers ${response.statusCode}`);
    } finally {
      clearTimeout(stalled);
      close();
    }
  }
}
