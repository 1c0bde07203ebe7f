import https from "node:https";
import http from "node:http";
import { Duplex, PassThrough } from "node:stream";
// Deep imports: the package's index does not export the handler, and takes a second to load.
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { PortForward } from "@kubernetes/client-node/dist/portforward.js";
import { WebSocketHandler } from "@kubernetes/client-node/dist/web-socket-handler.js";
import { oneLine } from "./oneLine.ts";

/** An answer of the API server: the object, and the server's clock in milliseconds. */
export interface Answer<T> {
  readonly object: T;
  readonly now: number;
}

/** Waiting does not mend it; the message is the sentence for the user. */
export class Hopeless extends Error {}

/** The API server refused a request. */
export class Refused extends Hopeless {
  constructor(
    /** HTTP status, like 403. */
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** The API server gave no answer: gone, restarting, or the network is. */
export class Unreachable extends Error {}

/** A cluster behind a context of the user's kubeconfig. */
export class Cluster {
  constructor(
    readonly context: string,
    private readonly config: KubeConfig,
  ) {}

  /**
   * GET an object or a list.
   * @param seconds deadline of the whole request
   * @throws Refused for a 4xx answer, Unreachable when there is none
   */
  get<T>(path: string, seconds = 10): Promise<Answer<T>> {
    return this.ask<T>("GET", path, seconds);
  }

  /**
   * DELETE an object; one that is gone already is well.
   * @throws as get does
   */
  async delete(path: string, seconds = 10): Promise<void> {
    try {
      await this.ask("DELETE", path, seconds);
    } catch (fault) {
      if (!(fault instanceof Refused && fault.code === 404)) throw fault;
    }
  }

  private async ask<T>(method: string, path: string, seconds: number): Promise<Answer<T>> {
    const options: https.RequestOptions = { method, headers: { accept: "application/json" } };
    const server = this.config.getCurrentCluster()?.server ?? "";
    const work = (async () => {
      await this.config.applyToHTTPSOptions(options);
      return await request(`${server.replace(/\/$/, "")}${path}`, options, seconds);
    })();
    // The credentials may come from a command of the user's cloud, which has no deadline.
    const answer = await within(work, seconds, "no answer").catch((fault: unknown) => {
      throw new Unreachable(oneLine(fault instanceof Error ? reasonOf(fault) : String(fault)));
    });
    if (answer.code >= 500 || answer.code === 429)
      throw new Unreachable(`it answers ${String(answer.code)}`);
    if (answer.code >= 300) throw refusal(answer.code, oneLine(messageOf(answer.body)));
    return { object: JSON.parse(answer.body) as T, now: answer.now };
  }

  /**
   * A connection to a port of a pod, through the API server and the kubelet.
   * @throws Error when it cannot be opened within `seconds`
   */
  async connect(namespace: string, pod: string, port: number, seconds = 10): Promise<Duplex> {
    const [input, output, refusal] = [new PassThrough(), new PassThrough(), new PassThrough()];
    // Its default streams are the process's own, which it closes when the other side says so.
    const handler = new WebSocketHandler(this.config, undefined, {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
    });
    const opening = new PortForward(this.config, true, handler).portForward(
      namespace,
      pod,
      [port],
      output,
      refusal,
      input,
    ) as Promise<{ close: () => void; onclose: unknown; onerror: unknown }>;
    const socket = await within(opening, seconds, "no port-forward").catch((fault: unknown) => {
      opening.then(
        (late) => {
          late.close();
        },
        () => undefined,
      );
      throw new Error(reasonOf(fault as Error));
    });
    const connection = Duplex.from({ readable: output, writable: input });
    connection.on("error", () => undefined);
    connection.on("close", () => {
      socket.close();
    });
    socket.onclose = () => output.end();
    refusal.on("data", (text: Buffer) => {
      if (text.length > 0) connection.destroy(new Error(oneLine(text.toString())));
    });
    return connection;
  }
}

/**
 * The cluster of a context in $KUBECONFIG or ~/.kube/config.
 * @throws Hopeless when there is no such context
 */
export function clusterOf(context: string): Cluster {
  const config = new KubeConfig();
  config.loadFromDefault();
  const names = config.getContexts().map((one) => one.name);
  if (!names.includes(context)) {
    throw new Hopeless(
      `context ${context} is not in the kubeconfig — there are: ${names.join(", ") || "none"} — pulumi config set context NAME`,
    );
  }
  config.setCurrentContext(context);
  return new Cluster(context, config);
}

interface Raw {
  readonly code: number;
  readonly body: string;
  readonly now: number;
}

function request(url: string, options: https.RequestOptions, seconds: number): Promise<Raw> {
  const { request: send } = url.startsWith("http:") ? http : https;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(seconds * 1000);
    send(url, { ...options, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        const now = Date.parse(response.headers.date ?? "");
        resolve({
          code: response.statusCode ?? 0,
          body,
          now: Number.isNaN(now) ? Date.now() : now,
        });
      });
    })
      .on("error", reject)
      .end();
  });
}

/** The promise's value, or an error after so many seconds. */
export async function within<T>(work: Promise<T>, seconds: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} within ${String(seconds)} s`));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function refusal(code: number, said: string): Refused {
  const remedy =
    code === 401
      ? "this kubeconfig's credentials are not accepted: log in to the cluster again"
      : code === 403
        ? "ask for that right, or use another context"
        : "run `pulumi up`";
  return new Refused(code, `the API server answers ${String(code)}: ${said} — ${remedy}`);
}

function reasonOf(fault: Error): string {
  const code = (fault as NodeJS.ErrnoException).code;
  // A name with several addresses fails with one error for all of them, and no text.
  if (fault instanceof AggregateError) return reasonOf(fault.errors[0] as Error);
  return fault.message === "" ? (code ?? fault.name) : fault.message;
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body;
  }
}
