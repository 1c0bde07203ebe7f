import type http from "node:http";
import type https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { Access } from "./access.ts";
import { certificateFault } from "./certificateFault.ts";
import { Hopeless, reasonOf, Refused, TooLate, Unreachable, within } from "./errors.ts";
import { entriesOf, kubeconfigFiles, readKubeconfig } from "./kubeconfig.ts";
import { loginCommand, programName, unaccepted } from "./login.ts";
import { oneLine } from "./oneLine.ts";
import { isBusy, messageOf, send, type Response } from "./request.ts";
import { silence } from "./silence.ts";
import { json, strangerFault } from "./stranger.ts";

/** An answer of the API server. */
export interface Answer<T> {
  readonly object: T;
  /** The server's clock, in milliseconds since 1970. */
  readonly now: number;
}

/** How long credentials are used before they are asked for again, in milliseconds. */
const LOGIN = 30_000;
/** Shortest and longest pause before a busy API server is asked again, in seconds. */
const PAUSE = { shortest: 0.25, longest: 4 } as const;

/** Logins of a user that are made when they are needed. */
interface Logins {
  readonly exec?: { readonly command?: string };
  readonly "auth-provider"?: { readonly name: string };
}

const LOG_IN = "log in again as the cluster's pages say";

/** Asks one API server. */
export class KubeClient {
  #login: { readonly options: Promise<https.RequestOptions>; readonly until: number } | undefined;

  constructor(
    /** Context of the kubeconfig. */
    readonly context: string,
    /** The context's entries of the kubeconfig. */
    readonly config: Access,
  ) {}

  /**
   * GET an object or a list.
   * @param seconds deadline of the whole request
   * @throws Refused for a 4xx answer, Unreachable when there is none
   */
  async get<T>(path: string, seconds = 10): Promise<Answer<T>> {
    const { body, now } = await this.#ask("GET", path, seconds);
    return { object: json(body, this.config.server) as T, now };
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
    return json(body, this.config.server) as T;
  }

  /**
   * Asks for an object that the API server checks, and does not make.
   * @param seconds deadline of the whole request
   * @returns the server's words when it refuses the object; null when it would make it, or has one of
   *   that name; undefined when it cannot tell, or does not tell this user
   * @throws Unreachable when there is no answer
   */
  async dryRun(path: string, object: object, seconds: number): Promise<string | null | undefined> {
    const content = JSON.stringify(object);
    const { code, body } = await this.#answer("POST", `${path}?dryRun=All`, seconds, content);
    const words = oneLine(messageOf(body));
    if (code < 300 || code === 409) return null;
    // A right that lacks, webhooks that take no trials and a login tell nothing of the controller's pods.
    const isOwn = /^\w+ is forbidden: User |does not support dry run/.test(words);
    return isOwn || [401, 404, 429].includes(code) ? undefined : words;
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

  /** The refusal of a login that the API server does not accept; the next request has another. */
  notLetIn(how = "401"): Refused {
    this.#forget();
    const { why, remedy } = unaccepted(this.context, this.config.entries);
    return new Refused(401, `context ${this.context} is not let in (${how}): ${why} — ${remedy}`);
  }

  /** @throws as get does */
  async #ask(method: string, path: string, seconds: number, content?: string): Promise<Response> {
    return this.#judged(await this.#answer(method, path, seconds, content));
  }

  /** Asks, and asks again while the API server is busy, until the deadline. */
  async #answer(
    method: string,
    path: string,
    seconds: number,
    content?: string,
  ): Promise<Response> {
    const end = Date.now() + seconds * 1000;
    let isFresh = false;
    for (let pause: number = PAUSE.shortest; ; pause = Math.min(2 * pause, PAUSE.longest)) {
      const left = Math.max(end - Date.now(), 0) / 1000;
      const answer = await this.#once(method, path, left, content).catch((fault: unknown) => {
        throw this.#unanswered(fault, seconds);
      });
      if (answer.code === 401 && !isFresh) {
        // A login may have ended since the last request: a plugin, or who renews a token, has another.
        this.#forget();
        isFresh = true;
        continue;
      }
      const wait = Math.max(answer.retryAfter, pause);
      const busy = isBusy(answer.code, method);
      if (!busy || Date.now() + wait * 1000 > end) return answer;
      await sleep(wait * 1000);
    }
  }

  /** Why a request had no answer; certificates that cannot be used come first, whatever TLS says. */
  #unanswered(fault: unknown, seconds: number): Error {
    const { server, proxy, entries } = this.config;
    const certificates =
      fault instanceof TooLate ? undefined : certificateFault(this.context, entries);
    if (certificates !== undefined) return new Hopeless(certificates);
    return silence(fault, { server, proxy, seconds });
  }

  #once(method: string, path: string, seconds: number, content?: string): Promise<Response> {
    const work = (async () => {
      const login = await this.#loggedIn(seconds);
      const headers = {
        ...(login.headers as http.OutgoingHttpHeaders),
        // The API server answers 406 where only another type is served, as for its token keys.
        accept: "application/json, */*",
        ...(content === undefined ? {} : { "content-type": "application/json" }),
      };
      const options = { ...login, method, headers };
      return await send(`${this.config.server}${path}`, options, seconds, content);
    })();
    return within(work, seconds, "no answer");
  }

  /** @throws as get does */
  #judged(answer: Response): Response {
    const { code } = answer;
    if (code === 429 || code >= 500) {
      const state = [429, 503, 504].includes(code) ? "is busy" : "has a fault";
      throw new Unreachable(`the API server ${state}: it answers ${code}`);
    }
    if (code < 300) return answer;
    const stranger = strangerFault(code, answer.body, this.config.server);
    if (stranger !== undefined) throw stranger;
    throw this.#refusal(code, oneLine(messageOf(answer.body)));
  }

  #refusal(code: number, message: string): Refused {
    if (code === 401) return this.notLetIn();
    // The API server takes a login that it does not know at all, such as a password, for none.
    if (code === 403 && message.includes('"system:anonymous"')) {
      return this.notLetIn("403, as system:anonymous");
    }
    const remedy = code === 403 ? "ask for that right, or use another context" : "run `pulumi up`";
    return new Refused(code, `the API server answers ${code}: ${message} — ${remedy}`);
  }

  #forget(): void {
    this.#login = undefined;
    this.config.forget();
  }

  /** @throws Unreachable when the kubeconfig's program takes longer than the request may */
  async #loggedIn(seconds: number): Promise<https.RequestOptions> {
    try {
      return await within(this.#credentials(), seconds, "no login");
    } catch (fault) {
      const { exec, "auth-provider": provider } = this.config.entries.user as Logins;
      if (provider !== undefined) {
        const why = oneLine(reasonOf(fault), 200);
        throw new Unreachable(`auth-provider ${provider.name} gives no login (${why})`, LOG_IN);
      }
      if (!(fault instanceof TooLate)) throw fault;
      const program = programName(exec?.command ?? "");
      throw new Unreachable(`${program} gives ${fault.message}`, loginCommand(program));
    }
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
  const config = readKubeconfig(kubeconfigFiles(process.env));
  return new KubeClient(context, new Access(context, entriesOf(config, context)));
}

/** The cluster of a kubeconfig file's current context. */
export function clientOfFile(file: string): KubeClient {
  const config = readKubeconfig([file]);
  const context = config.current;
  return new KubeClient(context, new Access(context, entriesOf(config, context)));
}
