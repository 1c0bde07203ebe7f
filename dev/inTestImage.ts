import { constants } from "node:os";

import { contained, dockerHost, type Contained } from "./container.ts";
import { ownDocker } from "../local/environment.ts";
import { say } from "../local/tools/progress.ts";
import { testImage } from "./testImage.ts";

/**
 * Runs a script in a container with the packages of the image's stage `test` and without a network; sets this process's
 * exit code. A Ctrl-C ends the script and removes the container. Building the image has half an hour on top of `minutes`.
 */
export async function inTestImage(what: Omit<Contained, "image">): Promise<void> {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const)
  // Not `once`: npm sends the signal a second time, after the terminal.
  {
    process.on(name, () => {
      stop.abort(new Error(`stopped by ${name}`));
      process.exitCode = 128 + constants.signals[name];
    });
  }
  const minutes = what.minutes + 30;
  const deadline = setTimeout(() => {
    stop.abort(new Error(`stopped after ${minutes} min`));
  }, minutes * 60_000);
  const own = await ownDocker();
  try {
    process.env.DOCKER_HOST = await dockerHost(own);
    const image = await testImage(stop.signal);
    process.exitCode = await contained({ ...what, image }, stop.signal);
  } catch (error) {
    say(`error: ${((stop.signal.reason ?? error) as Error).message}`);
    process.exitCode ??= 1;
  } finally {
    clearTimeout(deadline);
    await own?.downUnlessNeeded();
  }
}
