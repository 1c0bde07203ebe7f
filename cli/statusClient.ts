import http from "node:http";
import type { Duplex } from "node:stream";
import { PORTS } from "../contract/names.ts";
import { parseStatus, type KeptRun, type Status } from "../contract/status.ts";
import type { KubeClient } from "../kube/client.ts";
import { Hopeless, within } from "../kube/errors.ts";
import { connect } from "../kube/portForward.ts";
import type { Federation } from "./federation.ts";
import { runOf, type Pod } from "./snapshot.ts";

const SECONDS = 5;

/**
 * Asks the server's pod for its status through a port-forward, a new one each time: the server
 * closes the connection after an answer, and nothing is left to go stale.
 */
export class StatusClient {
  private pod: string | undefined;

  constructor(
    private readonly cluster: KubeClient,
    private readonly federation: Federation,
  ) {}

  /**
   * The server's status; null while no pod of it runs.
   * @param run prefer the pod made for this run; the status may still be of another
   * @throws Unreachable when the API server does not answer, Hopeless when it refuses
   * @throws Error when only the pod does not answer
   */
  async read(run?: string): Promise<Status | null> {
    this.pod ??= running(await this.federation.serverPods(), run);
    if (this.pod === undefined) return null;
    try {
      const status = parseStatus(await within(this.get(this.pod), SECONDS, "no status"));
      if (run !== undefined && status.run !== run) this.pod = undefined;
      return status;
    } catch (fault) {
      const { pod } = this;
      // The pod may have been replaced: look for it afresh the next time.
      this.pod = undefined;
      const said = fault instanceof Error ? fault.message : String(fault);
      if (/server response: 40[13]/.test(said)) {
        throw new Hopeless(
          `port-forward to pod ${pod} is refused (${said}) — following needs get and create on pods/portforward — ask for that right`,
        );
      }
      throw new Error(said, { cause: fault });
    }
  }

  /** Ends the server's pod that was read last, so that a new one takes its place. */
  async restart(): Promise<void> {
    const { pod } = this;
    this.pod = undefined;
    if (pod !== undefined) await this.federation.deletePods([pod]);
  }

  /**
   * The runs on the server's volume; null while no pod of it runs.
   * @throws as read does
   */
  async runs(): Promise<KeptRun[] | null> {
    const pod = running(await this.federation.serverPods(), undefined);
    if (pod === undefined) return null;
    return JSON.parse(
      await within(this.get(pod, "/runs"), SECONDS, "no list of runs"),
    ) as KeptRun[];
  }

  private async get(pod: string, path = "/status"): Promise<string> {
    const { namespace } = this.federation;
    const status = { namespace, pod, port: PORTS.status };
    const connection = await connect(this.cluster, status, SECONDS);
    try {
      return await exchange(connection, path);
    } finally {
      connection.destroy();
    }
  }
}

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
          else reject(new Error(`the status port answers ${String(response.statusCode)}`));
        });
      })
      .on("error", reject)
      .end();
  });
}

function running(pods: readonly Pod[], run: string | undefined): string | undefined {
  const alive = pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      pod.status?.containerStatuses?.[0]?.state?.running !== undefined,
  );
  return (alive.find((pod) => run === undefined || runOf(pod) === run) ?? alive[0])?.metadata.name;
}
