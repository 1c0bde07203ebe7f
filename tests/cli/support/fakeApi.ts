import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Federation } from "../../../cli/federation.ts";
import { patientOf, type Patient } from "../../../cli/doctor/patient.ts";
import { StatusClient } from "../../../cli/statusClient.ts";
import { clientOfFile, type KubeClient } from "../../../kube/client.ts";

/** Request that the API got. */
export interface Asked {
  readonly method: string;
  /** Path without its query. */
  readonly path: string;
  /** The path's query; empty when it has none. */
  readonly query: string;
  /** Object of a POST. */
  readonly object: unknown;
}

/** Answer of the API: an object, a status code, one with words, or nothing for ever. */
export type Given =
  Readonly<Record<string, unknown>> | number | readonly [code: number, words: string] | "silence";

/** Answers by path; a function answers by the request, and one for all paths gives them. */
type Answers =
  Readonly<Record<string, Given | ((asked: Asked) => Given)>> | ((asked: Asked) => Given);

/** An API server that answers what a test wants; 404 for all else, and lists are empty. */
export class FakeApi {
  readonly #server: Server;
  readonly #folder = mkdtempSync(join(tmpdir(), "fake-api-"));
  answers: Answers = {};
  readonly asked: Asked[] = [];
  /** The server's clock, by the header `Date`; undefined: this machine's. */
  date: Date | undefined;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const [path = "", query = ""] = (request.url ?? "").split("?");
        const text = Buffer.concat(chunks).toString();
        const object = text === "" ? null : (JSON.parse(text) as unknown);
        const asked = { method: request.method ?? "", path, query, object };
        this.asked.push(asked);
        const given = this.#answer(asked);
        if (given === "silence") return;
        const [code, words] =
          given instanceof Array ? given : [typeof given === "number" ? given : 200, `no ${path}`];
        const headers = this.date === undefined ? {} : { date: this.date.toUTCString() };
        response.writeHead(code, headers);
        response.end(JSON.stringify(code === 200 ? given : { message: words }));
      });
    });
  }

  #answer(asked: Asked): Given {
    if (typeof this.answers === "function") return this.answers(asked);
    const found = this.answers[asked.path] ?? 404;
    return typeof found === "function" ? found(asked) : found;
  }

  static async start(): Promise<FakeApi> {
    const api = new FakeApi();
    await new Promise<void>((listens) => api.#server.listen(0, "127.0.0.1", listens));
    return api;
  }

  /** A client of this API. */
  client(user: object = {}): KubeClient {
    const { port } = this.#server.address() as AddressInfo;
    const server = `http://127.0.0.1:${port}`;
    const kubeconfig = {
      clusters: [{ name: "lab", cluster: { server, "insecure-skip-tls-verify": true } }],
      contexts: [{ name: "lab", context: { cluster: "lab", user: "me" } }],
      users: [{ name: "me", user }],
      "current-context": "lab",
    };
    const file = join(this.#folder, "config");
    writeFileSync(file, JSON.stringify(kubeconfig));
    return clientOfFile(file);
  }

  /** A patient whose cluster this API is. */
  patient(changes: Partial<Patient> = {}): Patient {
    const cluster = changes.cluster ?? this.client();
    const place = { context: "lab", namespace: "flower" };
    const federation = new Federation(cluster, place.namespace);
    const status = new StatusClient(cluster, federation);
    const rest = { place, settings: {}, probe: false, say: () => undefined };
    return { ...patientOf({ cluster, federation, status }, rest), ...changes };
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    rmSync(this.#folder, { recursive: true });
  }
}
