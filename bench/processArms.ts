import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";

import { inTestImage } from "../dev/inTestImage.ts";
import { showDone } from "./progress.ts";
import type { Job, Sample } from "./measured.ts";

/**
 * Runs jobs as bare processes, one after another, in one container that has only a loopback network.
 *
 * @returns samples in the order of the jobs; when a job fails, its error is on standard error and the rest is missing
 */
export async function runAsProcesses(jobs: readonly Job[]): Promise<Sample[]> {
  const out = new PassThrough();
  const samples: Sample[] = [];
  const reading = (async () => {
    for await (const line of createInterface({ input: out })) {
      const sample = JSON.parse(line) as Sample;
      samples.push(sample);
      showDone(sample);
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
  return samples;
}
