import { readFile } from "node:fs/promises";
import { request } from "node:https";

import { parse } from "yaml";

/** Reads from a cluster's API server by the first cluster and user of a kubeconfig file. */
export class Api {
  private constructor(
    private readonly server: string,
    private readonly tls: { ca: Buffer; cert: Buffer; key: Buffer },
  ) {}

  static async open(kubeconfig: string): Promise<Api> {
    const config = parse(await readFile(kubeconfig, "utf8")) as {
      clusters: [{ cluster: Record<string, string> }];
      users: [{ user: Record<string, string> }];
    };
    const decode = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64");
    const [{ cluster }] = config.clusters;
    const [{ user }] = config.users;
    return new Api(cluster.server ?? "", {
      ca: decode(cluster["certificate-authority-data"]),
      cert: decode(user["client-certificate-data"]),
      key: decode(user["client-key-data"]),
    });
  }

  /** The answer's text; an error when it isn't 200 or takes longer than `seconds`. */
  get(path: string, seconds = 2): Promise<string> {
    return new Promise((done, failed) => {
      const call = request(`${this.server}${path}`, { ...this.tls, agent: false }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("end", () => {
          if (answer.statusCode === 200) done(text);
          else failed(new Error(`${path}: ${answer.statusCode} ${text.slice(0, 300)}`));
        });
      });
      call.setTimeout(seconds * 1000, () => call.destroy(new Error(`no answer in ${seconds} s`)));
      call.on("error", failed).end();
    });
  }

  async json<T>(path: string): Promise<T> {
    return JSON.parse(await this.get(path)) as T;
  }
}
