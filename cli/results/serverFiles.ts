import { text } from "node:stream/consumers";

import { Hopeless } from "../../kube/errors.ts";
import type { ServerAnswer, ServerPort } from "../serverPort.ts";
import { Gone, type FileSource, type Listing } from "./fileSource.ts";

/** Seconds in which the server answers: to list files it may have to read all of them. */
const SECONDS = { list: 300, read: 30 } as const;

/** The part of a server's port that hands out files. */
type Port = Pick<ServerPort, "pod" | "ask" | "missing">;

/** Files of the runs on the server's volume, through port-forwards to its pod. */
export class ServerFiles implements FileSource {
  readonly #port: Port;

  constructor(port: Port) {
    this.#port = port;
  }

  async list(run: string): Promise<Listing | null> {
    const { response, close } = await this.#ask(`/files/${encodeURIComponent(run)}`, SECONDS.list);
    try {
      const body = await text(response);
      if (response.statusCode === 200) return JSON.parse(body) as Listing;
      if (response.statusCode === 404 && body.startsWith("there is no")) return null;
      // Only a server of an older version has no such page.
      throw new Hopeless(
        `the server does not hand out files (it answers ${response.statusCode}) — it needs the image of this version — run \`pulumi up\``,
      );
    } finally {
      close();
    }
  }

  async *read(run: string, path: string, first: number, end?: number): AsyncIterable<Buffer> {
    const url = ["files", run, ...path.split("/")].map(encodeURIComponent).join("/");
    const range = { range: `bytes=${first}-${end === undefined ? "" : end - 1}` };
    const { response, close } = await this.#ask(`/${url}`, SECONDS.read, range);
    const length = Number(response.headers["content-length"]);
    let left = end === undefined ? length : end - first;
    const stalled = setTimeout(close, SECONDS.read * 1000);
    try {
      const { statusCode } = response;
      if (statusCode === 404 || statusCode === 416) throw new Gone(path);
      if (statusCode !== 206 && statusCode !== 200) {
        throw new Error(`the server answers ${statusCode} for ${path}`);
      }
      for await (const chunk of response as AsyncIterable<Buffer>) {
        stalled.refresh();
        left -= chunk.length;
        // More than was asked for: another file answers a request for its whole.
        if (left < 0) throw new Gone(path);
        yield chunk;
      }
      if (left > 0) throw new Error(`the connection ended ${left} bytes early`);
    } finally {
      clearTimeout(stalled);
      close();
    }
  }

  async #ask(
    path: string,
    seconds: number,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ServerAnswer> {
    const pod = await this.#port.pod();
    if (pod === undefined) throw new Error(this.#port.missing());
    return this.#port.ask({ pod, path, headers, seconds });
  }
}
