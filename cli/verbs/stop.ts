import { text } from "node:stream/consumers";

import type { Status } from "../../contract/status.ts";
import type { Answer } from "../answer.ts";
import { connectTo, type Connection } from "../connection.ts";
import { failureSentence } from "../failureSentence.ts";
import { Fault } from "../fault.ts";
import { noServer } from "../missingServer.ts";
import type { Place } from "../place.ts";

/** Seconds of one question. */
const SECONDS = 5;

/** Run that can be stopped, and the clock. */
export interface Stoppable {
  /** Reads the server's status; null while no pod of it runs. */
  status(): Promise<Status | null>;
  /** Asks the server to stop; returns why it does not, or null. */
  ask(): Promise<string | null>;
  /** Time in seconds. */
  now(): number;
  sleep(seconds: number): Promise<void>;
}

/** Stops the server's run after its round, and waits until it has ended. */
export async function stop(place: Place, timeout: number): Promise<Answer> {
  const connection = connectTo(place);
  const stopped = await stopRun(worldOf(connection), timeout);
  if (stopped === null) throw await noServer(connection.federation);
  return stopped;
}

/**
 * Stops a run; null when no pod of the server runs.
 * @throws Fault when it cannot be stopped, or has not ended after so many seconds
 */
export async function stopRun(world: Stoppable, timeout: number): Promise<Answer | null> {
  const deadline = world.now() + timeout;
  const status = await world.status();
  if (status === null) return null;
  const { run } = status;
  if (status.state === "running") {
    const refusal = await world.ask();
    if (refusal !== null) throw refused(run, refusal);
  }
  for (let now: Status | null = status; ; now = await world.status()) {
    const end = now === null || now.run !== run ? undefined : endOf(now);
    if (end !== undefined) return end;
    if (world.now() >= deadline) {
      throw new Fault(
        "timeout",
        `run ${run} is still in its round after ${timeout} s`,
        "it ends after the round: `kubeflower status` shows it",
      );
    }
    await world.sleep(1);
  }
}

/** Answer for a run that has ended; undefined while it goes on. */
function endOf(status: Status): Answer | undefined {
  const { run, state, failure, history } = status;
  const rounds = history.length;
  if (state === "running") return undefined;
  if (state === "waiting") throw refused(run, "it waits for clients");
  if (state === "completed") {
    const line = `run ${run} is completed after ${rounds} rounds: there is nothing to stop`;
    return { document: { run, state, rounds }, lines: [line] };
  }
  if (failure?.code !== "stopped") throw new Error(failureSentence(status));
  return { document: { run, state: "stopped", rounds }, lines: [failureSentence(status)] };
}

function refused(run: string, why: string): Fault {
  return new Fault(
    "failed",
    `run ${run} cannot be stopped: ${why}`,
    "let it go on, or end it without its results: pulumi destroy",
  );
}

function worldOf({ status, port }: Connection): Stoppable {
  return {
    status: () => status.read(),
    ask: async () => {
      const pod = await port.pod();
      if (pod === undefined) return port.missing();
      const request = { pod, method: "POST", path: "/stop", seconds: SECONDS } as const;
      const { response, close } = await port.ask(request);
      try {
        const said = (await text(response)).trim();
        if (response.statusCode === 202) return null;
        // A server of an older version knows no POST.
        return response.statusCode === 409 ? said : "its server is older: run `pulumi up`";
      } finally {
        close();
      }
    },
    now: () => Date.now() / 1000,
    sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  };
}
