import { readFile } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import type { Socket } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** Fields of the provider's config that say how to reach Docker. */
export interface EngineConfig {
  readonly host?: string;
  readonly certPath?: string;
  readonly caMaterial?: string;
  readonly certMaterial?: string;
  readonly keyMaterial?: string;
}

/** Parts of a request besides its path. */
export interface RequestOptions {
  readonly method?: "GET" | "HEAD" | "POST";
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readable;
  readonly signal?: AbortSignal;
}

/** Time that Docker has to answer a ping, in milliseconds. */
const DEADLINE = 10_000;

/** The HTTP API of Docker. */
export class DockerApi {
  /** Address, such as unix:///var/run/docker.sock. */
  readonly host: string;
  readonly #options: https.RequestOptions;
  readonly #secure: boolean;
  /** Error of every request; undefined when requests can be sent. */
  readonly #unusable: string | undefined;
  #version = "";

  private constructor(
    host: string,
    options: https.RequestOptions,
    secure: boolean,
    unusable?: string,
  ) {
    this.host = host;
    this.#options = options;
    this.#secure = secure;
    this.#unusable = unusable;
  }

  /**
   * Connects to the host in the config, else to `DOCKER_HOST`, else to the first of Docker's usual sockets that answers.
   * A host behind ssh:// is not contacted, as by the official plugin: requests to it fail.
   *
   * @throws when none answers
   */
  static async connect(
    config: EngineConfig,
    env: NodeJS.ProcessEnv = process.env,
  ): Promise<DockerApi> {
    const named = config.host || env["DOCKER_HOST"] || "";
    if (named.startsWith("ssh://")) return new DockerApi(named, {}, false, unusable(named));
    const hosts = named === "" ? defaultHosts() : [named];
    const reasons: string[] = [];
    for (const host of hosts) {
      const engine = await DockerApi.#at(host, config, env);
      try {
        await engine.#ping();
        return engine;
      } catch (error) {
        reasons.push(`${host}: ${(error as Error).message}`);
      }
    }
    throw new Error(
      `failed to connect to any docker daemon (${reasons.join("; ")}) — one must answer where DOCKER_HOST says, or at Docker's usual sockets — start Docker, or set DOCKER_HOST to where it listens`,
    );
  }

  static async #at(host: string, config: EngineConfig, env: NodeJS.ProcessEnv): Promise<DockerApi> {
    if (host.startsWith("unix://")) {
      return new DockerApi(host, { socketPath: host.slice("unix://".length) }, false);
    }
    const tls = await tlsFiles(config, env);
    const url = new URL(host.replace(/^tcp:/, tls ? "https:" : "http:"));
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      throw new Error(unusable(host));
    }
    const port = url.port || (url.protocol === "https:" ? "2376" : "2375");
    return new DockerApi(host, { host: url.hostname, port, ...tls }, url.protocol === "https:");
  }

  async #ping(): Promise<void> {
    const response = await this.#send("/_ping", { signal: AbortSignal.timeout(DEADLINE) });
    response.resume();
    if (response.statusCode !== 200) throw new Error(`/_ping answered ${response.statusCode}`);
    const version = response.headers["api-version"];
    if (typeof version === "string") this.#version = `/v${version}`;
  }

  /**
   * Sends a request and gives the answer's body as it comes.
   *
   * @throws with the engine's own message when it refuses
   */
  async request(path: string, options: RequestOptions = {}): Promise<Readable> {
    const response = await this.#send(this.#version + path, options);
    if ((response.statusCode ?? 500) < 400) return response;
    throw new Error(await refusal(response));
  }

  /** Sends a request and parses the JSON of its answer. */
  async json(path: string, options: RequestOptions = {}): Promise<unknown> {
    return JSON.parse(await text(await this.request(path, options)));
  }

  /** Turns a request's connection into a plain stream between Docker and this process. */
  async upgrade(path: string, headers: Readonly<Record<string, string>>): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const request = this.#open(this.#version + path, {
        method: "POST",
        headers: { Connection: "Upgrade", Upgrade: "h2c", ...headers },
      });
      request.on("error", reject);
      request.on("upgrade", (_response, socket: Socket, head: Buffer) => {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.on("response", (response) => {
        void refusal(response).then((message) => {
          reject(new Error(message));
        }, reject);
      });
      request.end();
    });
  }

  #send(path: string, options: RequestOptions): Promise<http.IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = this.#open(path, options);
      request.on("error", reject).on("response", resolve);
      if (options.body) {
        options.body.on("error", (error) => request.destroy(error));
        options.body.pipe(request);
      } else {
        request.end();
      }
    });
  }

  #open(
    path: string,
    { method = "GET", query = {}, headers, signal }: RequestOptions,
  ): http.ClientRequest {
    if (this.#unusable !== undefined) throw new Error(this.#unusable);
    const parameters = new URLSearchParams(
      Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    return (this.#secure ? https : http).request({
      ...this.#options,
      agent: false,
      method,
      path: parameters.size > 0 ? `${path}?${parameters.toString()}` : path,
      headers,
      signal,
    });
  }
}

function unusable(host: string): string {
  return `the Docker host ${host} cannot be used — it may be unix://, tcp://, http:// or https:// — ssh:// needs the official docker plugin`;
}

function defaultHosts(): string[] {
  return [
    "/var/run/docker.sock",
    join(homedir(), ".docker/run/docker.sock"),
    join(homedir(), ".docker/desktop/docker.sock"),
  ].map((path) => `unix://${path}`);
}

async function tlsFiles(
  { certPath, caMaterial, certMaterial, keyMaterial }: EngineConfig,
  env: NodeJS.ProcessEnv,
): Promise<{ ca: string; cert: string; key: string } | undefined> {
  const given = [caMaterial, certMaterial, keyMaterial].filter((material) => material);
  if (caMaterial && certMaterial && keyMaterial) {
    return { ca: caMaterial, cert: certMaterial, key: keyMaterial };
  }
  if (given.length > 0) {
    throw new Error("certMaterial, keyMaterial, and caMaterial must all be specified");
  }
  const folder = certPath ?? (env["DOCKER_TLS_VERIFY"] ? env["DOCKER_CERT_PATH"] : undefined);
  if (folder === undefined || folder === "") return undefined;
  const [ca = "", cert = "", key = ""] = await Promise.all(
    ["ca.pem", "cert.pem", "key.pem"].map((file) => readFile(join(folder, file), "utf8")),
  );
  return { ca, cert, key };
}

async function refusal(response: http.IncomingMessage): Promise<string> {
  const body = await text(response);
  try {
    return (JSON.parse(body) as { message: string }).message;
  } catch {
    return body || `the Docker engine answered ${response.statusCode}`;
  }
}

async function text(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
