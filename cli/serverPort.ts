import http from "node:http";
import type { Duplex } from "node:stream";

import { NAMES, PORTS } from "../contract/names.ts";
import type { KubeClient } from "../kube/client.ts";
import { Refused, within } from "../kube/errors.ts";
import { connect } from "../kube/portForward.ts";
import { engineStatus, isTerminating, runOf, type Pod } from "./diagnosis/objects.ts";
import type { Federation } from "./federation.ts";

/** An answer of the server, to be read; `close` ends it at any time. */
export interface ServerAnswer {
  readonly response: http.IncomingMessage;
  readonly close: () => void;
}

/** A request to the server's status port. */
export interface ServerRequest {
  /** Name of the server's pod. */
  readonly pod: string;
  /** @default GET */
  readonly method?: "GET" | "POST";
  /** Path with its leading slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Body of a POST. @default none */
  readonly body?: string;
  /** Seconds within which the answer must begin. */
  readonly seconds: number;
}

/** Status port of the server's pod, through a port-forward for each request. */
export class ServerPort {
  readonly #cluster: KubeClient;
  readonly #federation: Federation;

  constructor(cluster: KubeClient, federation: Federation) {
    this.#cluster = cluster;
    this.#federation = federation;
  }

  /**
   * Name of a server pod that runs, one of this run if there is any; undefined while none does.
   * @throws Unreachable when the API server does not answer, Hopeless when it refuses
   */
  async pod(run?: string): Promise<string | undefined> {
    return running(await this.#federation.serverPods(), run);
  }

  /**
   * Asks the pod; the answer has any status code.
   * @throws Hopeless when the port-forward is refused, Error when the pod does not answer
   */
  async ask(request: ServerRequest): Promise<ServerAnswer> {
    const { pod, seconds } = request;
    const { namespace } = this.#federation;
    const port = { namespace, pod, port: PORTS.status };
    let connection: Duplex;
    try {
      connection = await connect(this.#cluster, port, seconds);
    } catch (fault) {
      throw this.#refusalOf(fault, pod);
    }
    const close = (): void => {
      connection.destroy();
    };
    try {
      return { response: await begin(connection, request), close };
    } catch (fault) {
      close();
      throw fault;
    }
  }

  /** Tells a port-forward that the API server refuses from one that fails. */
  #refusalOf(fault: unknown, pod: string): Error {
    const message = fault instanceof Error ? fault.message : String(fault);
    // The library reports the refusal of an upgrade only in words.
    const [, code] = /server response: (40[13])/.exec(message) ?? [];
    if (code === undefined) return new Error(message, { cause: fault });
    if (code === "401") return this.#cluster.notLetIn();
    return new Refused(
      403,
      `port-forward to pod ${pod} is refused (${message}) — it needs get and create on pods/portforward — ask for that right`,
    );
  }

  /** Sentence for a federation whose server has no pod that runs. */
  missing(): string {
    return `no pod of ${NAMES.server} runs in namespace ${this.#federation.namespace}`;
  }
}

/** Sends one request over a connection and waits until its answer begins. */
export function begin(
  connection: Duplex,
  { method = "GET", path, headers = {}, body, seconds }: Omit<ServerRequest, "pod">,
): Promise<http.IncomingMessage> {
  const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
    const options = {
      method,
      path,
      headers: { host: "localhost", connection: "close", ...headers },
      createConnection: () => connection,
    };
    connection.on("error", reject);
    connection.on("close", () => {
      reject(new Error("the connection to the server's pod was closed"));
    });
    http.request(options, resolve).on("error", reject).end(body);
  });
  return within(answered, seconds, "no answer of the server's pod");
}

/** Name of a server pod that runs, one of this run if there is any. */
function running(pods: readonly Pod[], run: string | undefined): string | undefined {
  const alive = pods.filter(
    (pod) => !isTerminating(pod) && engineStatus(pod)?.state?.running !== undefined,
  );
  const preferred = alive.find((pod) => run === undefined || runOf(pod) === run);
  return (preferred ?? alive[0])?.metadata.name;
}
