import { spawnSync } from "node:child_process";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";

import { DATA_FOLDER } from "../contract/names.ts";
import { Checkout } from "../dev/checkout.ts";

/*
 * Entry point of `npm run bench:cli`: measures the verbs of `kubeflower` on a run that goes on, and how
 * fast a model of 440 MB comes home beside `kubectl cp`. Writes docs/bench/cli.md.
 */

const PAGE = "docs/bench/cli.md";
/** 32-bit numbers of the large model. */
const FLOATS = 110_000_000;
const ROOM = {
  "serverResources.memory": "6Gi",
  "clientResources.memory": "3Gi",
  storage: "4Gi",
};
const VERBS = [
  ...["status", "events", "logs", "runs", "results", "report", "doctor"].map((verb) => [verb]),
  ["diff", "FIRST", "SECOND"],
];

/** Seconds that something took, sorted. */
type Seconds = readonly number[];

const checkout = await Checkout.make("bench-cli", 18);
try {
  await checkout.pulumi("stack", "init", "local");
  await set({ ...ROOM, app: "bench/load", clients: "2", rounds: "1", ...model(FLOATS) });
  await checkout.local("up");
  const first = (await checkout.result()).id;
  const fetched = await fetching(first);
  // Clients that take their time, so that the run goes on while it is looked at.
  await set({ rounds: "200", wait: "false", ...model(1000), "runConfig.pause": "2" });
  await checkout.pulumi("up", "--yes", "--skip-preview");
  const second = (await checkout.result()).id;
  const names = { FIRST: first, SECOND: second };
  const verbs = VERBS.map((words) => {
    const args = words.map((word) => (names as Record<string, string>)[word] ?? word);
    return {
      verb: words[0] ?? "",
      seconds: repeated(10, () => {
        kubeflower(...args);
      }),
    };
  });
  await writeFile(PAGE, page(verbs, fetched));
} finally {
  await checkout.remove();
}

/** Sets stack settings; names have Pulumi's path syntax. */
async function set(values: Readonly<Record<string, string>>): Promise<void> {
  const pairs = Object.entries(values);
  const words = pairs.flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
  await checkout.pulumi("config", "set-all", "--path", ...words);
}

function model(floats: number): Record<string, string> {
  return {
    "runConfig.floats": String(floats),
    "runConfig.arrays": "20",
    "runConfig.evaluate": "false",
  };
}

/** Fetches the large model three times in each way, by turns. */
async function fetching(run: string): Promise<{ bytes: number; ours: Seconds; copied: Seconds }> {
  const name = (
    await checkout.kubectl("get", "pods", "-l", "app=flower-server", "-o", "name")
  ).trim();
  const file = `${DATA_FOLDER}/runs/${run}/model.safetensors`;
  const [ours, copied]: [number[], number[]] = [[], []];
  await mkdir(join(checkout.sources, "fetched"));
  for (let turn = 0; turn < 3; turn += 1) {
    const [folder, copy] = [join("fetched", `ours-${turn}`), join("fetched", `copy-${turn}`)];
    ours.push(
      seconds(() => {
        kubeflower("results", run, "--out", folder);
      }),
    );
    const from = `${checkout.namespace}/${name.replace("pod/", "")}:${file}`;
    copied.push(
      seconds(() => {
        typed("kubectl", "cp", from, copy);
      }),
    );
  }
  const { size } = await stat(join(checkout.sources, "fetched/ours-0/model.safetensors"));
  await rm(join(checkout.sources, "fetched"), { recursive: true });
  return { bytes: size, ours: sorted(ours), copied: sorted(copied) };
}

function kubeflower(...args: string[]): void {
  typed(process.execPath, "cli/kubeflower.mjs", ...args);
}

/** Runs a command in the folder of the stack; it must succeed. */
function typed(program: string, ...args: string[]): void {
  const { sources: cwd, env } = checkout;
  const { status, stderr } = spawnSync(program, args, { cwd, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: exit ${status}\n${stderr}`);
}

function repeated(times: number, work: () => void): Seconds {
  return sorted(Array.from({ length: times }, () => seconds(work)));
}

function seconds(work: () => void): number {
  const since = performance.now();
  work();
  return (performance.now() - since) / 1000;
}

function sorted(values: readonly number[]): Seconds {
  return [...values].sort((a, b) => a - b);
}

/** Median, and the range in brackets. */
function told(values: Seconds): string {
  const middle = values[Math.floor(values.length / 2)] ?? 0;
  return `${middle.toFixed(2)} (${values[0]?.toFixed(2)}–${values.at(-1)?.toFixed(2)})`;
}

function page(
  verbs: readonly { verb: string; seconds: Seconds }[],
  { bytes, ours, copied }: { bytes: number; ours: Seconds; copied: Seconds },
): string {
  const rate = (values: Seconds): string =>
    (bytes / 1e6 / (values[Math.floor(values.length / 2)] ?? 1)).toFixed(0);
  return `# How long \`kubeflower\` takes

Written by \`npm run bench:cli\`, on two cores which the embedded cluster shares; load ${loadavg()[0]?.toFixed(1)} at the end.

On a run of two clients that goes on, ten times each, from the start of the process to its end:

| verb | seconds: median (range) |
|---|---|
${verbs.map(({ verb, seconds }) => `| \`${verb}\` | ${told(seconds)} |`).join("\n")}

A model of ${(bytes / 1e6).toFixed(0)} MB, fetched three times each, by turns. \`results\` also checks its digest, and fetches the run's other files:

| way | seconds: median (range) | MB/s |
|---|---|---|
| \`kubeflower results\` | ${told(ours)} | ${rate(ours)} |
| \`kubectl cp\` | ${told(copied)} | ${rate(copied)} |
`;
}
