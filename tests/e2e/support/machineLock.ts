import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Takes a lock that one process of this machine can hold at a time; returns a function that releases
 * it. The lock is an abstract Unix socket: the kernel frees it when its process ends, even if killed.
 * @throws Error when that takes longer than `seconds`
 */
export async function machineLock(name: string, seconds: number): Promise<() => Promise<void>> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const release = await tryLock(name);
    if (release) return release;
    if (Date.now() > deadline) {
      throw new Error(`the lock ${name} was held by another process for ${String(seconds)} s`);
    }
    await sleep(100);
  }
}

/** Takes the lock if it is free. */
async function tryLock(name: string): Promise<(() => Promise<void>) | undefined> {
  const server = createServer();
  const taken = await new Promise<boolean>((resolve, reject) => {
    server.once("listening", () => {
      resolve(true);
    });
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    });
    server.listen(`\0${name}`);
  });
  if (!taken) return undefined;
  return () =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
    });
}
