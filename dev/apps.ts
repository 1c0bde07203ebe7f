import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import type { RunResult } from "../contract/status.ts";
import { DockerEngine } from "../local/machine/dockerEngine.ts";
import { Checkout } from "./checkout.ts";
import { imageSize } from "./imageSize.ts";

/** Number of the address plan of the cluster that the apps run on. */
const INDEX = 22;
/** Minutes within which an app must be built and run. */
const DEADLINE = 15;
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
}

/** Lists the example apps. */
function examples(): string[] {
  return readdirSync("examples", { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join("examples", entry.name));
}

/** Runs an app on the cluster to its end. */
async function runApp(checkout: Checkout, app: string): Promise<Row> {
  await checkout.set({ app });
  const { code, said } = await checkout.ended("pulumi", UP, DEADLINE);
  if (code !== 0) console.error(said);
  // An app may have no model.
  const run = code === 0 ? ((await checkout.result()) as RunResult) : undefined;
  return {
    app,
    state: run?.state ?? `up ended with ${String(code)}`,
    build: seconds(said, /docker:index:Image kubeflower \w+ [a-z ]*\((\d+)/g),
    image: code === 0 ? await megabytes(checkout) : undefined,
    firstRound: seconds(said, /Command run \w+ [a-z ]*\((\d+)s\)[^\n]* round 1\//),
    model: run?.modelSha256?.slice(0, 12) ?? "-",
  };
}

/** The number of the last match of a pattern. */
function seconds(said: string, pattern: RegExp): number | undefined {
  const found = [...said.matchAll(new RegExp(pattern, "g"))].at(-1)?.[1];
  return found === undefined ? undefined : Number(found);
}

async function megabytes(checkout: Checkout): Promise<number> {
  const image = await checkout.pulumi("stack", "output", "image");
  return Math.round((await imageSize(image, new DockerEngine().socket)).compressed / 1e6);
}

/** Runs apps one after the other on a cluster of their own, which is removed at the end. */
async function runApps(apps: readonly string[]): Promise<void> {
  const checkout = await Checkout.make("apps", INDEX);
  try {
    await checkout.type(["npm run up"]);
    // Secure aggregation needs as many.
    await checkout.set({ clients: "3" });
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
  .description("Runs Flower apps through image, cluster and result; prints seconds and sizes.")
  .argument("[folders...]", "folders of apps (default: each of examples/)")
  .action((folders: string[]) => runApps(folders.length > 0 ? folders : examples()))
  .parseAsync();
