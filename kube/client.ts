import http from "node:http";
import https from "node:https";
// A deep import: the package's index takes a second to load.
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { Hopeless, NoContext, reasonOf, Refused, Unreachable, within } from "./errors.ts";
import { oneLine } from "./oneLine.ts";

/** An answer of the API server. */
export interface Answer<T> {
  readonly object: T;
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number;
}

/** How long credentials are used before they are asked for again, in milliseconds. */
const LOGIN = 30_000;

/** Asks one API server. */
export class KubeClient {
  #login: { readonly options: Promise<https.RequestOptions>; readonly until: number } | undefined;

  constructor(
    /** Context of the kubeconfig. */
    readonly context: string,
    /** Kubeconfig whose current context is this one. */
    readonly config: KubeConfig,
  ) {}

  /**
   * GET an object or a list.
   * @param seconds deadline of the whole request
   * @throws Refused for a 4xx answer, Unreachable when there is none
   */
  async get<T>(path: string, seconds = 10): Promise<Answer<T>> {
    const { body, now } = await this.#ask("GET", path, seconds);
    return { object: JSON.parse(body) as T, now };
  }

  /**
   * GET a text.
   * @param seconds deadline of the whole request
   * @throws as get does
   */
  async text(path: string, seconds = 10): Promise<string> {
    return (await this.#ask("GET", path, seconds)).body;
  }

  /**
   * POST an object; gives what the API server made of it.
   * @param seconds deadline of the whole request
   * @throws as get does
   */

  async post<T>(path: string, object: object, seconds = 10): Promise<T> {
    const { body } = await this.#ask("POST", path, seconds, JSON.stringify(object));
    return JSON.parse(body) as T;
  }

  /**
   * DELETE an object; no error when it is already gone.
   * @param seconds deadline of the whole request
   * @throws as get does
   */
  async delete(path: string, seconds = 10): Promise<void> {
    try {
      await this.#ask("DELETE", path, seconds);
    } catch (fault) {
      if (!(fault instanceof Refused && fault.code === 404)) throw fault;
    }
  }

  async #ask(method: string, path: string, seconds: number, content?: string): Promise<Response> {
    const server = this.config.getCurrentCluster()?.server ?? "";
    const work = (async () => {
      const login = await this.#credentials();
      const headers = {
        ...(login.headers as http.OutgoingHttpHeaders),
        // The API server answers 406 where only another type is served, as for its token keys.
        accept: "application/json, */*",
        ...(content === undefined ? {} : { "content-type": "application/json" }),
      };
      const url = `${server.replace(/\/$/, "")}${path}`;
      return await send(url, { ...login, method, headers }, seconds, content);
    })();
    // The credentials may come from a command of the user's cloud, which has no deadline.
    const answer = await within(work, seconds, "no answer").catch((fault: unknown) => {
      throw new Unreachable(oneLine(reasonOf(fault)));
    });
    if (answer.code === 401) this.#login = undefined;
    if (answer.code >= 500 || answer.code === 429) {
      throw new Unreachable(`it answers ${answer.code}`);
    }
    if (answer.code >= 300) throw refusal(answer.code, oneLine(messageOf(answer.body)));
    return answer;
  }

  /** Credentials as request options. A command may make them, so requests at once share them. */
  async #credentials(): Promise<https.RequestOptions> {
    const now = Date.now();
    if (this.#login === undefined || now > this.#login.until) {
      const options: https.RequestOptions = {};
      const made = this.config.applyToHTTPSOptions(options).then(() => options);
      this.#login = { options: made, until: now + LOGIN };
    }
    try {
      return await this.#login.options;
    } catch (fault) {
      this.#login = undefined;
      throw fault;
    }
  }
}

/**
 * The cluster of a context in $KUBECONFIG or ~/.kube/config.
 * @throws NoContext when there is no such context, Hopeless when the kubeconfig cannot be read
 */
export function clientOf(context: string): KubeClient {
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (fault) {
    // A file that $KUBECONFIG names and that is not there has no context.
    if ((fault as NodeJS.ErrnoException).code !== "ENOENT") throw unreadable(fault);
  }
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) throw new NoContext(context, known);
  config.setCurrentContext(context);
  return new KubeClient(context, config);
}

function unreadable(fault: unknown): Hopeless {
  return new Hopeless(
    `the kubeconfig cannot be read (${oneLine(reasonOf(fault), 200)}) — it must be YAML that kubectl can read — correct ${process.env.KUBECONFIG ?? "~/.kube/config"}`,
  );
}

/** The cluster of a kubeconfig file's current context. */
export function clientOfFile(kubeconfig: string): KubeClient {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  return new KubeClient(config.getCurrentContext(), config);
}

interface Response {
  readonly code: number;
  readonly body: string;
  readonly now: number;
}

function send(
  url: string,
  options: https.RequestOptions,
  seconds: number,
  content: string | undefined,
): Promise<Response> {
  const { request } = url.startsWith("http:") ? http : https;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(seconds * 1000);
    request(url, { ...options, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        const date = Date.parse(response.headers.date ?? "");
        const now = Number.isNaN(date) ? Date.now() : date;
        resolve({ code: response.statusCode ?? 0, body, now });
      });
    })
      .on("error", reject)
      .end(content);
  });
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: "this kubeconfig's credentials are not accepted: log in to the cluster again",
  403: "ask for that right, or use another context",
};

function refusal(code: number, message: string): Refused {
  const remedy = REMEDIES[code] ?? "run `pulumi up`";
  return new Refused(code, `the API server answers ${code}: ${message} — ${remedy}`);
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body;
  }
}
