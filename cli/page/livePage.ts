import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { textDigest } from "../results/fileDigest.ts";
import { LIVE_SCRIPT } from "./liveScript.ts";
import { content, document, titleOf } from "./page.ts";
import type { PageRun } from "./pageRun.ts";

/** Milliseconds for which what was read of the run is new enough. */
const FRESH = 1500;
/** Milliseconds that an open page has to fetch the end of the run. */
const PARTING = 6000;
/** Content policy of the live page: it may load itself. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";
const ENDED = "The run has ended. This page stays as it is.";

/** Serves the page of a run on this machine's loopback, and renews it while the run goes on. */
export class LivePage {
  readonly #read: () => Promise<PageRun>;
  readonly #server: Server;
  #newest: { run: PageRun; main: string; at: number } | undefined;
  #isOver = false;
  /** Called when a page has got the content of a run that is over. */
  #told: () => void = () => undefined;
  #isOpen = false;

  /** @param read reads the run; when it fails, what was read before is shown */
  constructor(read: () => Promise<PageRun>) {
    this.#read = read;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((fault: unknown) => {
        response.writeHead(503, { "content-type": "text/plain; charset=utf-8" });
        response.end(`${fault instanceof Error ? fault.message : String(fault)}\n`);
      });
    });
  }

  /** Begins to serve; returns the page's URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Ends it. An open page first gets the end of the run. */
  async close(): Promise<void> {
    this.#isOver = true;
    this.#newest = undefined;
    if (this.#isOpen) {
      await new Promise<void>((resolve) => {
        this.#told = resolve;
        setTimeout(resolve, PARTING).unref();
      });
    }
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { port } = this.#server.address() as AddressInfo;
    // A page of the web could give this address a name of its own, and read a run's page by it.
    if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(request.headers.host ?? "")) {
      response.writeHead(403).end();
      return;
    }
    const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };
    if (request.url === "/") {
      const { run, main } = await this.#content();
      response.writeHead(200, headers).end(document(titleOf(run), main, POLICY, LIVE_SCRIPT));
      this.#isOpen = true;
    } else if (request.url === "/main") {
      const { main } = await this.#content();
      const etag = `"${textDigest(main)}"`;
      const own = { ...headers, etag, ...(this.#isOver ? { "x-ended": ENDED } : {}) };
      const isKnown = request.headers["if-none-match"] === etag;
      response.writeHead(isKnown ? 304 : 200, own).end(isKnown ? undefined : main);
      if (this.#isOver) response.once("finish", this.#told);
    } else {
      // Browsers ask for an icon, and would call its lack an error.
      response.writeHead(request.url === "/favicon.ico" ? 204 : 404).end();
    }
  }

  /** Reads the run, unless it was read just now. */
  async #content(): Promise<{ run: PageRun; main: string }> {
    const newest = this.#newest;
    if (newest !== undefined && Date.now() - newest.at < FRESH) return newest;
    try {
      const run = await this.#read();
      const main = await content(run);
      this.#newest = { run, main, at: Date.now() };
      return this.#newest;
    } catch (fault) {
      // The server's pod may just be replaced.
      if (newest === undefined) throw fault;
      return newest;
    }
  }
}
