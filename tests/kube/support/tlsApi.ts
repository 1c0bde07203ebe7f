import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";

import { Access } from "../../../kube/access.ts";
import { Authority } from "../../../kube/authority.ts";
import { KubeClient } from "../../../kube/client.ts";
import type { Entry } from "../../../kube/kubeconfig.ts";

/** Answer to a request: a status code, and headers. */
export type Reply = number | readonly [code: number, headers: Record<string, string>];

/** Socket of a TLS connection, as far as it is read here. */
interface Secured {
  getPeerCertificate(): { readonly subject?: { readonly CN?: string } };
}

/** API server that speaks TLS and tells who asked. */
export class TlsApi {
  /** Decides each answer. */
  reply: (request: IncomingMessage) => Reply = () => 200;
  /** Headers of the requests so far. */
  readonly asked: IncomingMessage["headers"][] = [];
  readonly #server: Server;

  private constructor(
    readonly authority: Authority,
    pair: { readonly certificate: string; readonly key: string },
  ) {
    const tls = { cert: pair.certificate, key: pair.key, ca: authority.certificate };
    const options = { ...tls, requestCert: true, rejectUnauthorized: false };
    this.#server = createServer(options, (request, response) => {
      this.asked.push(request.headers);
      const reply = this.reply(request);
      const [code, headers] = typeof reply === "number" ? [reply, {}] : reply;
      const { subject } = (request.socket as unknown as Secured).getPeerCertificate();
      response.writeHead(code, headers);
      response.end(JSON.stringify({ user: subject?.CN ?? null }));
    });
  }

  /** @param hosts names and addresses of the server's certificate */
  static async start(hosts = ["127.0.0.1", "api.lab"]): Promise<TlsApi> {
    const authority = await Authority.create("lab", 1);
    const pair = await authority.issue({ user: "api", hosts, end: "server" }, 1);
    const api = new TlsApi(authority, pair);
    await new Promise<void>((listens) => api.#server.listen(0, "127.0.0.1", listens));
    return api;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Its cluster in a kubeconfig. */
  cluster(changes: Entry = {}): Entry {
    return {
      server: `https://127.0.0.1:${String(this.port)}`,
      "certificate-authority-data": base64(this.authority.certificate),
      ...changes,
    };
  }

  client(user: Entry = {}, cluster: Entry = {}): KubeClient {
    return new KubeClient("lab", new Access("lab", { cluster: this.cluster(cluster), user }));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
