import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { RunResult } from "../contract/status.ts";
import { COMMAND } from "../contract/variables.ts";
import { clientOf } from "../kube/client.ts";
import { Hopeless, Refused } from "../kube/errors.ts";
import { oneLine } from "../kube/oneLine.ts";
import { Federation } from "./federation.ts";
import { Follower, type Hands, type Request, type World } from "./follower.ts";
import { StatusClient } from "./statusClient.ts";

/**
 * Follows a run to its end and ends the process: 0 with the result as the last line of standard
 * output, 1 with the cause as the last line of standard error, 130 when interrupted.
 */
export async function follow(request: Request): Promise<never> {
  return followed(request, false, (follower) => follower.result());
}

/** Follows a run; `acts`: for an update, and not only to look; `ask` gives what is printed. */
async function followed(
  request: Request,
  acts: boolean,
  ask: (follower: Follower) => Promise<RunResult>,
): Promise<never> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => end(130, "stopped following; the run goes on"));
  }
  // Nobody reads any more: the reader of a pipe is gone.
  process.stdout.once("error", () => end(1));
  try {
    const follower = new Follower(request, worldOf(request, acts));
    process.stdout.write(`${JSON.stringify(await ask(follower))}\n`);
    return end(0);
  } catch (error) {
    return end(1, error instanceof Error ? error.message : String(error));
  }
}

function worldOf(request: Request, acts: boolean): World {
  const cluster = clientOf(request.context);
  const federation = new Federation(cluster, request.namespace);
  const client = new StatusClient(cluster, federation);
  const hands: Hands = {
    // Without that right the pods are renewed all the same, one after the other.
    renew: (pods) => federation.deletePods(pods).catch(unlessRefused),
    restart: () => client.restart(),
  };
  return {
    status: () => client.read(request.run),
    observe: () => federation.snapshot(request.run),
    ...(acts ? { hands } : {}),
    print: (line) => process.stdout.write(`${line}\n`),
    now: () => new Date(),
    sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  };
}

function unlessRefused(fault: unknown): void {
  if (!(fault instanceof Refused)) throw fault;
}

/**
 * The request in the environment variable KUBEFLOWER_FOLLOW, as `pulumi up` gives it.
 * @throws Hopeless when it is missing or incomplete
 */
export function requestFrom(text: string | undefined): Request {
  let value: Partial<Request> | null = null;
  try {
    value = JSON.parse(text ?? "") as Partial<Request> | null;
  } catch {
    // Said below, with the value.
  }
  const { context, namespace, run, timeout, wait = true } = value ?? {};
  if (!context || !namespace || !run || typeof timeout !== "number" || !(timeout > 0)) {
    throw new Hopeless(
      `KUBEFLOWER_FOLLOW is ${JSON.stringify(text ?? null)} — it must be JSON with context, namespace, run and timeout > 0 — or use \`cli/kubeflower.ts follow --help\``,
    );
  }
  return { context, namespace, run, timeout, wait };
}

/** Ends the process; open port-forwards and unanswered requests must not keep it. */
export function end(code: number, reason?: string): never {
  if (reason !== undefined) process.stderr.write(`${oneLine(reason, 2000)}\n`);
  process.exit(code);
}

/**
 * Follows the run that KUBEFLOWER_FOLLOW describes, for an update of the stack. A run that does not
 * end well is a result, too: the update fails by its `reason`, when the stack's outputs have it.
 */
export async function followFromEnvironment(): Promise<never> {
  try {
    const request = requestFrom(process.env[COMMAND.follow]);
    return await followed(request, true, (follower) => follower.outcome());
  } catch (error) {
    return end(1, (error as Error).message);
  }
}

// The checkout may be reached through a symbolic link, which import.meta.url has resolved.
const [, script] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(realpathSync(script)).href)
  await followFromEnvironment();
