import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits until no other process of this machine holds the lock, and takes it; returns what gives it
 * back. The lock is an abstract Unix socket: the kernel frees it when its process ends, however
 * that ends.
 * @throws Error when that takes longer than `seconds`
 */
export async function machineLock(name: string, seconds: number): Promise<() => Promise<void>> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const release = await tryLock(name);
    if (release) return release;
    if (Date.now() > deadline)
      throw new Error(`the lock ${name} was held by another process for ${String(seconds)} s`);
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
