import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Command, Option } from "commander";

import { runAsProcesses } from "./processArms.ts";
import { ClusterArm } from "./clusterArm.ts";
import { showDone } from "./progress.ts";
import type { ImageSize } from "../dev/imageSize.ts";
import { ARMS, measured, type Job, type Measured, type Sample } from "./measured.ts";
import { chosen, PLAN } from "./plan.ts";
import { plot } from "./plot.ts";
import { page } from "./table.ts";

// Entry point of `npm run bench`: runs all arms on this machine, those without a cluster in one container.

interface Options {
  readonly only?: string[];
  readonly arms?: string[];
  readonly out?: string;
}

const program = new Command("bench")
  .description("measures the engine beside Flower's own; the whole takes up to 20 minutes")
  .option("--only <words...>", "workloads with one of the words in their name")
  .addOption(new Option("--arms <names...>", "only these").choices(Object.keys(ARMS)))
  .option("--out <folder>", "where results go; docs/bench when all is run, else only printed")
  .parse();
const { only, arms, out }: Options = program.opts();
const jobs = chosen(PLAN, only, arms);
if (jobs.length === 0) {
  const names = [...new Set(PLAN.map(({ workload }) => workload))].join("; ");
  program.error(`no workload is left by --only and --arms — there are: ${names}`);
}
const folder = out ?? ((only ?? arms) ? undefined : "docs/bench");
const results: Measured[] = [];
let size: ImageSize | undefined;
let cluster: ClusterArm | undefined;
try {
  for (const group of grouped(jobs)) {
    for (const [index, sample] of (await samples(group)).entries()) {
      const job = group[index];
      if (job !== undefined) results.push(measured(job, sample));
    }
    if (process.exitCode) break;
  }
  size = await cluster?.image();
} catch (error) {
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 1;
} finally {
  await cluster?.close();
}
await show();

/** Groups neighbouring jobs that run in the same container; each job on the cluster is a group. */
function grouped(all: readonly Job[]): Job[][] {
  const groups: Job[][] = [];
  for (const job of all) {
    const last = groups.at(-1);
    if (job.arm !== "cluster" && last?.[0] !== undefined && last[0].arm !== "cluster") {
      last.push(job);
    } else groups.push([job]);
  }
  return groups;
}

async function samples(group: readonly Job[]): Promise<Sample[]> {
  const [job] = group;
  if (job?.arm !== "cluster") return runAsProcesses(group);
  cluster ??= await ClusterArm.start(job);
  const sample = await cluster.run(job);
  showDone(sample);
  return [sample];
}

/** Writes the results; when a job failed, only prints them, and the exit code says so. */
async function show(): Promise<void> {
  const text = page(results, size);
  if (folder === undefined || process.exitCode) {
    console.log(text);
    return;
  }
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "results.json"),
    `${JSON.stringify({ size, results }, undefined, 1)}\n`,
  );
  await writeFile(join(folder, "README.md"), text);
  await writeFile(join(folder, "rounds.svg"), await plot(results));
  console.log(`written: README.md, results.json and rounds.svg in ${folder}`);
}
