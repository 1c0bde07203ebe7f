import { request } from "node:http";
import { Duplex, PassThrough } from "node:stream";
import { PortForward, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { Hopeless, within, type Cluster } from "./cluster.ts";
import { oneLine } from "./report.ts";
import { parseStatus, type Status } from "./status.ts";

const PORT = 8081;
const DEADLINE = 10_000;
const LARGEST = 64 * 1024 * 1024;

/** The socket of a port-forward, as far as we use it. */
interface Tunnel {
  close(): void;
  onclose: ((event: never) => void) | null;
}

/**
 * Asks the server's pod for its status through the API server's port-forward, a new one each
 * time: the server closes the connection after an answer, and so nothing is left to go stale.
 */
export class StatusClient {
  private readonly forward: PortForward;

  constructor(
    config: KubeConfig,
    private readonly cluster: Cluster,
  ) {
    this.forward = new PortForward(config);
  }

  /**
   * The server's status; null while no pod of it runs.
   * @throws Unreachable when the API server does not answer
   * @throws Error when only the pod does not
   */
  async read(): Promise<Status | null> {
    const pod = newestRunning(await this.cluster.serverPods());
    if (pod === undefined) return null;
    return parseStatus(await this.get(pod.metadata?.name ?? ""));
  }

  private async get(pod: string): Promise<string> {
    const sent = new PassThrough();
    const received = new PassThrough();
    const refused = new PassThrough();
    const tunnel = this.open(pod, received, refused, sent);
    const answer = new Promise<string>((resolve, reject) => {
      refused.once("data", (text: Buffer) => {
        reject(new Error(oneLine(text.toString())));
      });
      tunnel.then((socket) => {
        socket.onclose = () => received.end();
        exchange(Duplex.from({ readable: received, writable: sent })).then(resolve, reject);
      }, reject);
    });
    try {
      return await timely(answer);
    } finally {
      tunnel.then(
        (socket) => {
          socket.close();
        },
        () => undefined,
      );
    }
  }

  private async open(
    pod: string,
    received: PassThrough,
    refused: PassThrough,
    sent: PassThrough,
  ): Promise<Tunnel> {
    for (const stream of [received, refused, sent]) stream.on("error", () => undefined);
    try {
      const { namespace } = this.cluster;
      return await this.forward.portForward(namespace, pod, [PORT], received, refused, sent);
    } catch (error) {
      const said = oneLine(String((error as { message?: string }).message ?? error));
      if (/\b40[13]\b/.test(said)) {
        throw new Hopeless(
          `port-forward to pod ${pod} is refused (${said}) — following needs create and get on pods/portforward — ask for that right`,
        );
      }
      throw new Error(said);
    }
  }
}

/** A deadline for the pod's answer; the API server itself did answer, so it is no Unreachable. */
async function timely<T>(work: Promise<T>): Promise<T> {
  try {
    return await within(DEADLINE, work);
  } catch (error) {
    if (error instanceof Hopeless) throw error;
    throw new Error((error as Error).message);
  }
}

function exchange(connection: Duplex): Promise<string> {
  return new Promise((resolve, reject) => {
    connection.on("error", reject);
    const asked = request(
      { path: "/status", host: "localhost", createConnection: () => connection },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > LARGEST) asked.destroy(new Error(`the status is over ${LARGEST} bytes`));
          chunks.push(chunk);
        });
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`the status port answers ${response.statusCode}`));
        });
      },
    );
    asked.on("error", reject);
    asked.end();
  });
}

function newestRunning(pods: readonly V1Pod[]): V1Pod | undefined {
  return pods
    .filter((pod) => pod.metadata?.deletionTimestamp === undefined)
    .filter((pod) => pod.status?.phase === "Running")
    .sort(
      (a, b) => Number(b.metadata?.creationTimestamp) - Number(a.metadata?.creationTimestamp),
    )[0];
}
