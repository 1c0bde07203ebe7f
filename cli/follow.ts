import { realpathSync } from "node:fs";
import { pathToFileURL } from "node:url";

import type { RunResult } from "../contract/status.ts";
import { COMMAND } from "../contract/variables.ts";
import { clientOf } from "../kube/client.ts";
import { Refused } from "../kube/errors.ts";
import { endProcess } from "./endProcess.ts";
import { EXIT, faultOf } from "./fault.ts";
import { Federation } from "./federation.ts";
import { Follower } from "./follower.ts";
import { requestFrom, type FollowRequest } from "./followRequest.ts";
import { ServerPort } from "./serverPort.ts";
import { giveKeys } from "./signingKeys.ts";
import { StatusClient } from "./statusClient.ts";
import type { World } from "./world.ts";

/**
 * Follows a run to its end and changes nothing. Ends the process: 0 with the result as the last line
 * of standard output, else the exit code of the failure with its cause as the last line of standard error.
 */
export async function follow(request: FollowRequest): Promise<never> {
  return followWith(worldOf(request, false), request, (follower) => follower.result());
}

/**
 * Follows the run that KUBEFLOWER_FOLLOW describes, for an update of the stack. Ends the process like
 * `follow`, but with 0 for a bad end, too: the update fails by the result's `reason` only after the
 * stack's outputs have it.
 */
export async function followFromEnvironment(): Promise<never> {
  try {
    const request = requestFrom(process.env[COMMAND.follow]);
    const world = worldOf(request, true);
    return await followWith(world, request, (follower) => follower.outcome());
  } catch (error) {
    return endProcess(1, (error as Error).message);
  }
}

async function followWith(
  world: World,
  request: FollowRequest,
  ask: (follower: Follower) => Promise<RunResult>,
): Promise<never> {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => endProcess(130, "stopped following; the run goes on"));
  }
  // The reader of a pipe may end first, like `head`.
  process.stdout.once("error", () => endProcess(1));
  try {
    const result = await ask(new Follower(request, world));
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return endProcess(0);
  } catch (error) {
    const { code, message } = faultOf(error);
    return endProcess(EXIT[code], message);
  }
}

function worldOf(request: FollowRequest, mayAct: boolean): World {
  const cluster = clientOf(request.context);
  const federation = new Federation(cluster, request.namespace);
  const client = new StatusClient(cluster, federation);
  const port = new ServerPort(cluster, federation);
  const actions = {
    // Without the right to delete pods, the StatefulSet replaces them one after the other.
    deletePods: (names: readonly string[]) => federation.deletePods(names).catch(unlessRefused),
    restartServer: () => client.restart(),
    giveKeys: () => giveKeys(cluster, port),
  };
  return {
    status: () => client.read(request.run),
    snapshot: () => federation.snapshot(request.run),
    actions: mayAct ? actions : undefined,
    print: (line) => process.stdout.write(`${line}\n`),
    now: () => new Date(),
    sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  };
}

function unlessRefused(fault: unknown): void {
  if (!(fault instanceof Refused)) throw fault;
}

// import.meta.url has symbolic links resolved, argv has not.
const [, script] = process.argv;
if (script !== undefined && import.meta.url === pathToFileURL(realpathSync(script)).href) {
  await followFromEnvironment();
}
