import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";

import { inTestImage } from "../dev/inTestImage.ts";
import { done } from "./progress.ts";
import type { Job, Told } from "./measured.ts";

/**
 * Runs jobs as bare processes, one job after the other, in one container that has no network but its own loopback.
 * @returns what was told, in the jobs' order; shorter than the jobs when one failed, which is said on standard error
 */
export async function bare(jobs: readonly Job[]): Promise<Told[]> {
  const out = new PassThrough();
  const told: Told[] = [];
  const reading = (async () => {
    for await (const line of createInterface({ input: out })) {
      const one = JSON.parse(line) as Told;
      told.push(one);
      done(one);
    }
  })();
  await inTestImage({
    folders: ["app", "bench", "dev/python"],
    script: `python3 bench/bench.py '${JSON.stringify(jobs)}'`,
    minutes: 30,
    out,
  });
  out.end();
  await reading;
  return told;
}
