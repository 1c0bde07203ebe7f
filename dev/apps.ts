import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { DATA_FOLDER } from "../contract/names.ts";
import type { RunResult } from "../contract/status.ts";
import { runConfigKeys } from "../settings/flowerApp.ts";
import { DockerEngine } from "../local/machine/dockerEngine.ts";
import { Checkout } from "./checkout.ts";
import { type Digests, simulated } from "./flwrRun.ts";
import { imageSize } from "./imageSize.ts";

/** Number of the address plan of the cluster that the apps run on. */
const INDEX = 22;
/** Minutes within which an app must be built and run. */
const DEADLINE = 15;
/** Rounds of each app, on the cluster and under `flwr run`. */
const ROUNDS = 3;
const ROUNDS_KEY = "num-server-rounds";
const UP = ["up", "--yes", "--skip-preview", "--non-interactive"];

/** Figures of an app that has run. */
interface Row {
  readonly app: string;
  readonly state: string;
  /** Seconds of building and pushing the image. */
  readonly build: number | undefined;
  /** Size of the image's layers as a node pulls them, in MB. */
  readonly image: number | undefined;
  /** Seconds from the start of the pods to the end of the first round. */
  readonly firstRound: number | undefined;
  readonly model: string;
  /** Saved files of the cluster's run that `flwr run` saves alike, of all that both have. */
  readonly alike: string;
}

/** Lists the example apps. */
function examples(): string[] {
  return readdirSync("examples", { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join("examples", entry.name));
}

/** Number of clients for an app: two, or three where it is made for three. */
function clientsOf(app: string): number {
  const project = readFileSync(join(app, "pyproject.toml"), "utf8");
  // The app's own federation; a comment of it counts too, as Flower moves it to another file.
  return /^#? ?options.num-supernodes = 3$/m.test(project) ? 3 : 2;
}

/** Runs an app on the cluster to its end, and the same under `flwr run`. */
async function runApp(checkout: Checkout, app: string): Promise<Row> {
  const clients = clientsOf(app);
  await checkout.set({ app, clients: String(clients), rounds: String(ROUNDS) });
  const { code, said } = await checkout.ended("pulumi", UP, DEADLINE);
  if (code !== 0) console.error(said);
  // An app may have no model.
  const run = code === 0 ? ((await checkout.result()) as RunResult) : undefined;
  const image = run && (await checkout.pulumi("stack", "output", "image"));
  return {
    app,
    state: run?.state ?? `up ended with ${String(code)}`,
    build: seconds(said, /docker:index:Image kubeflower \w+ [a-z ]*\((\d+)/g),
    image: image === undefined ? undefined : await megabytes(image),
    firstRound: seconds(said, /Command run \w+ [a-z ]*\((\d+)s\)[^\n]* round 1\//),
    model: run?.modelSha256?.slice(0, 12) ?? "-",
    alike:
      run === undefined || image === undefined
        ? "-"
        : await alike(checkout, run.id, { app, image, clients }),
  };
}

/** Compares what an app has saved on the cluster with what it saves under `flwr run`. */
async function alike(
  checkout: Checkout,
  run: string,
  { app, image, clients }: { app: string; image: string; clients: number },
): Promise<string> {
  const config = runConfigKeys(app).has(ROUNDS_KEY) ? `${ROUNDS_KEY}=${String(ROUNDS)}` : "";
  const there = await simulated({ app, image, supernodes: clients, config });
  const script = readFileSync("dev/python/digests.py", "utf8");
  const python = ["python3", "-c", script, `${DATA_FOLDER}/runs/${run}/work`];
  const here = JSON.parse(
    await checkout.kubectl("exec", "deploy/flower-server", "--", ...python),
  ) as Digests;
  const both = Object.keys(here).filter((file) => file in there);
  const words = both.map((file) => `${file} ${here[file] === there[file] ? "alike" : "differs"}`);
  return words.join(", ") || "no file in both";
}

/** The number of the last match of a pattern. */
function seconds(said: string, pattern: RegExp): number | undefined {
  const found = [...said.matchAll(new RegExp(pattern, "g"))].at(-1)?.[1];
  return found === undefined ? undefined : Number(found);
}

async function megabytes(image: string): Promise<number> {
  return Math.round((await imageSize(image, new DockerEngine().socket)).compressed / 1e6);
}

/** Runs apps one after the other on a cluster of their own, which is removed at the end. */
async function runApps(apps: readonly string[]): Promise<void> {
  const checkout = await Checkout.make("apps", INDEX);
  process.env.DOCKER_HOST = new DockerEngine().host;
  try {
    await checkout.type(["npm run up"]);
    const rows: Row[] = [];
    for (const [index, app] of apps.entries()) {
      console.error(`${app}: ${String(index + 1)} of ${String(apps.length)}`);
      rows.push(await runApp(checkout, app));
    }
    console.table(rows);
    if (rows.some(({ state }) => state !== "completed")) process.exitCode = 1;
  } finally {
    await checkout.remove();
  }
}

await new Command()
  .name("npm run apps --")
  .description(
    "Runs Flower apps through image, cluster and result, and under flwr run; prints seconds, sizes and which saved files are alike.",
  )
  .argument("[folders...]", "folders of apps (default: each of examples/)")
  .action((folders: string[]) => runApps(folders.length > 0 ? folders : examples()))
  .parseAsync();
