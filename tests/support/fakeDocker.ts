import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A container of {@link FakeDocker}. */
export interface FakeContainer {
  readonly labels?: Readonly<Record<string, string>>;
  /** @default true */
  readonly running?: boolean;
  /** Answers a program: its exit code, and what it prints to stdout or, when it fails, to stderr. */
  readonly program?: (command: readonly string[]) => { code: number; text: string };
}

/** A Docker on a socket, with the part of its API that containers and images need. */
export class FakeDocker {
  readonly #folder = mkdtempSync(join(tmpdir(), "fake-docker-"));
  readonly #server: Server;
  readonly #programs: { code: number; text: string }[] = [];
  containers: Readonly<Record<string, FakeContainer>> = {};
  /** Ids of images by name. */
  images: Readonly<Record<string, string>> = {};
  /** Answer of `/info`. */
  info: object = {};

  private constructor() {
    this.#server = createServer((request, response) => {
      void body(request).then((text) => {
        const [path = ""] = (request.url ?? "").split("?");
        const answer = this.#answer(path.replace(/^\/v1\.41/, ""), text);
        response.setHeader("api-version", "1.41");
        if (answer === undefined) response.writeHead(404);
        if (Buffer.isBuffer(answer)) response.end(answer);
        else response.end(JSON.stringify(answer ?? { message: `No such container: ${path}` }));
      });
    });
  }

  static async start(): Promise<FakeDocker> {
    const docker = new FakeDocker();
    await new Promise<void>((listens) => docker.#server.listen(docker.#socket, listens));
    return docker;
  }

  get #socket(): string {
    return join(this.#folder, "docker.sock");
  }

  /** Value of DOCKER_HOST. */
  get host(): string {
    return `unix://${this.#socket}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
    rmSync(this.#folder, { recursive: true });
  }

  #answer(path: string, text: string): object | undefined {
    if (path === "/_ping") return Buffer.from("OK");
    if (path === "/info") return this.info;
    if (path === "/version") return { Version: "29.1.0" };
    const [, kind = "", name = "", verb = ""] = path.split("/");
    if (kind === "containers") return this.#container(name, verb, text);
    if (kind === "exec") return this.#executed(Number(name), verb);
    const id = this.images[name];
    if (kind !== "images" || id === undefined) return undefined;
    return verb === "get" ? Buffer.from(`archive of ${name}`) : { Id: id, Size: 753_400_000 };
  }

  #container(name: string, verb: string, text: string): object | undefined {
    const container = this.containers[name];
    if (container === undefined) return undefined;
    const { labels = {}, running = true, program } = container;
    if (verb === "json") return { State: { Running: running }, Config: { Labels: labels } };
    const { Cmd } = JSON.parse(text) as { Cmd: string[] };
    this.#programs.push(program?.(Cmd) ?? { code: 0, text: "" });
    return { Id: String(this.#programs.length - 1) };
  }

  #executed(index: number, verb: string): object | undefined {
    const { code = 0, text = "" } = this.#programs[index] ?? {};
    if (verb === "json") return { ExitCode: code };
    // Two frames, so that a reader must put them together.
    const half = Math.ceil(text.length / 2);
    const stream = code === 0 ? 1 : 2;
    return Buffer.concat([frame(stream, text.slice(0, half)), frame(stream, text.slice(half))]);
  }
}

function frame(stream: number, text: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(stream, 0);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
