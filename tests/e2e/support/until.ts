import { setTimeout as sleep } from "node:timers/promises";

/**
 * Repeats `attempt` until it returns something other than undefined, and returns that.
 * @throws Error naming `what` when that takes more than `seconds`
 */
export async function until<T>(
  what: string,
  attempt: () => Promise<T | undefined>,
  seconds = 180,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const found = await attempt();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`no ${what} within ${String(seconds)} s`);
    await sleep(10);
  }
}
