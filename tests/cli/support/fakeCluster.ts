import { writeFileSync } from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { join } from "node:path";

import { WebSocketServer, type RawData, type WebSocket } from "ws";

import type { Pod } from "../../../cli/diagnosis/objects.ts";
import { deployment, pod, running, statefulSet } from "./objects.ts";

/** Answers of the server's status port by path; undefined: there is no such page. */
export type Page = (path: string, request: http.IncomingMessage) => Reply | undefined;

/** One answer of the status port. */
export interface Reply {
  readonly code?: number;
  readonly body: string | Buffer;
  /** Whether more seems to come, and never does. */
  readonly stalls?: boolean;
}

/** Fake cluster: an API server on loopback, whose port-forwards lead to a fake status port. */
export class FakeCluster {
  /** Pods of the namespace. */
  pods: readonly Pod[] = [];
  /** Names of the objects that the user may not see, as the part of a path, with the code. */
  refused: Readonly<Record<string, number>> = {};
  /** Logs by pod. */
  logs: Readonly<Record<string, string>> = {};
  page: Page = () => undefined;
  /** Words of the kubelet for a port on which nothing listens; undefined: the server listens. */
  closed: string | undefined;
  readonly #api: http.Server;
  readonly #status: http.Server;

  private constructor() {
    this.#api = http.createServer((request, response) => {
      const [code, body] = this.#answer(new URL(request.url ?? "", "http://api"));
      response.writeHead(code, { "content-type": "application/json" }).end(body);
    });
    this.#status = http.createServer((request, response) => {
      const found = this.page(request.url ?? "", request);
      response.writeHead(found === undefined ? 404 : (found.code ?? 200));
      if (found?.stalls === true) response.write(found.body);
      else response.end(found?.body ?? "known: /healthz\n");
    });
    this.#forwardPorts();
  }

  /** Starts a cluster whose kubeconfig, with the context `lab`, is in this folder. */
  static async start(folder: string): Promise<FakeCluster> {
    const cluster = new FakeCluster();
    await Promise.all([listen(cluster.#api), listen(cluster.#status)]);
    const server = `http://127.0.0.1:${portOf(cluster.#api)}`;
    const kubeconfig = {
      clusters: [{ name: "lab", cluster: { server, "insecure-skip-tls-verify": true } }],
      contexts: [{ name: "lab", context: { cluster: "lab", user: "me" } }],
      users: [{ name: "me", user: {} }],
      "current-context": "lab",
    };
    writeFileSync(join(folder, "config"), JSON.stringify(kubeconfig));
    return cluster;
  }

  /** Runs a federation of one server and two clients. */
  run(): void {
    this.pods = [
      running("flower-server-7d9-x"),
      running("flower-client-0"),
      pod("flower-client-1", { state: { running: {} }, restartCount: 1 }),
    ];
  }

  close(): void {
    for (const server of [this.#api, this.#status]) {
      server.closeAllConnections();
      server.close();
    }
  }

  #answer({ pathname, searchParams }: URL): [number, string] {
    for (const [part, code] of Object.entries(this.refused)) {
      if (pathname.includes(part)) return [code, JSON.stringify({ message: `no ${part}` })];
    }
    const [, name = ""] = /\/pods\/([^/]+)\/log$/.exec(pathname) ?? [];
    if (name !== "") {
      return [
        200,
        searchParams.has("previous") ? "2026-11-25T11:00:00Z before\n" : (this.logs[name] ?? ""),
      ];
    }
    if (pathname === "/api/v1/namespaces/none") return [404, JSON.stringify({ message: "no" })];
    const items = this.#items(pathname, searchParams);
    return [200, JSON.stringify({ items })];
  }

  #items(pathname: string, query: URLSearchParams): readonly object[] {
    const isThere = this.pods.length > 0;
    if (pathname.endsWith("/pods")) {
      const selector = query.get("labelSelector") ?? "";
      return this.pods.filter(({ metadata }) => selector.includes(metadata.labels?.app ?? ""));
    }
    if (pathname.endsWith("/deployments") && isThere) return [deployment(2, 2)];
    if (pathname.endsWith("/statefulsets") && isThere) return [statefulSet(2)];
    if (pathname.endsWith("/services") && isThere) {
      return [{ metadata: { name: "service-server" } }];
    }
    if (pathname === "/api/v1/nodes") return [{ metadata: { name: "node-1" } }];
    return [];
  }

  /** Serves port-forwards as the kubelet does: a channel for data and one for errors. */
  #forwardPorts(): void {
    const sockets = new WebSocketServer({
      noServer: true,
      handleProtocols: (known) => (known.has("v4.channel.k8s.io") ? "v4.channel.k8s.io" : false),
    });
    this.#api.on("upgrade", (request, socket, head) => {
      // Clients are killed.
      socket.on("error", () => undefined);
      const refusal = Object.entries(this.refused).find(([part]) => request.url?.includes(part));
      if (refusal !== undefined) {
        socket.end(`HTTP/1.1 ${refusal[1]} Refused\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      sockets.handleUpgrade(request, socket, head, (client) => {
        this.#join(client);
      });
    });
  }

  #join(client: WebSocket): void {
    const status = net.connect(portOf(this.#status), "127.0.0.1");
    for (const channel of [0, 1]) client.send(Buffer.from([channel, 0x91, 0x1f]));
    if (this.closed !== undefined) {
      client.send(Buffer.concat([Buffer.from([1]), Buffer.from(this.closed)]));
    }
    status.on("data", (data) => {
      client.send(Buffer.concat([Buffer.from([0]), data]));
    });
    status.on("close", () => {
      client.close();
    });
    status.on("error", () => undefined);
    client.on("message", (data: RawData) => status.write((data as Buffer).subarray(1)));
    client.on("close", () => status.destroy());
  }
}

function listen(server: http.Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}

function portOf(server: http.Server): number {
  return (server.address() as AddressInfo).port;
}
