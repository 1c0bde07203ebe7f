/**
 * Loads an image into a minikube, or builds it there, and checks the result: `minikube image load`
 * and `minikube image build` can both exit 0 without having done it. The image component runs it
 * with KUBEFLOWER_LOAD = {image, profile, build?: {context, options?}}. Prints the image as its last line.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { COMMAND } from "../../contract/variables.ts";
import { DockerApi } from "../../docker/dockerApi.ts";

interface Order {
  /** Name and tag of the image. */
  readonly image: string;
  /** Profile of the minikube. */
  readonly profile: string;
  /** Build inside minikube from this context, instead of loading the host's image. */
  readonly build?: {
    readonly context: string;
    /** Options of the builder inside, without their dashes. They may hold passwords. @default none */
    readonly options?: readonly string[];
  };
  /** Seconds between two lines of progress. @default 10 */
  readonly every?: number;
}

const MINUTE = 60_000;
/** Longest line in characters: Pulumi hangs for ever on one of more than 64 KiB. */
const LONGEST_LINE = 4000;
const OPTION = "--build-opt=";

/** The text without names and passwords in addresses, and no longer than a line may be. */
function printable(text: string): string {
  return text.replace(/\/\/[^\s/@]+@/g, "//…@").slice(0, LONGEST_LINE);
}

function fail(sentence: string): never {
  console.error(printable(sentence));
  process.exit(1);
}

/** Runs minikube and returns its output; `live` also prints it line by line. */
async function minikube(
  profile: string,
  args: readonly string[],
  { minutes, live }: { minutes: number; live: boolean },
): Promise<string> {
  const shown = args.filter((arg) => !arg.startsWith(OPTION));
  const command = `minikube -p ${profile} ${shown.join(" ")}`;
  const child = spawn("minikube", ["-p", profile, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    // minikube keeps the arguments of its commands in a file, unless it is told not to.
    env: { ...process.env, MINIKUBE_SKIP_AUDIT: "true" },
    timeout: minutes * MINUTE,
  });
  let output = "";
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => {
      output += `${line}\n`;
      if (live && line.trim() !== "") console.log(printable(line));
    });
  }
  const [code, signal] = (await once(child, "close").catch(() =>
    fail(
      "`minikube` is not on PATH — cluster minikube needs it — install it, or `pulumi config set cluster remote`",
    ),
  )) as [number | null, NodeJS.Signals | null];
  if (child.killed) {
    fail(
      `\`${command}\` took longer than ${String(minutes)} minutes — see \`minikube -p ${profile} status\``,
    );
  }
  if (code !== 0) {
    fail(`\`${command}\` ended with ${String(code ?? signal)}: ${cause(output).slice(0, 500)}`);
  }
  return output;
}

/** minikube prints the cause on its "Exiting due to" line; other tools print it last. */
function cause(output: string): string {
  return /Exiting due to (.*)/.exec(output)?.[1] ?? output.trim().split("\n").at(-1) ?? "";
}

/** Whether the list of `minikube image ls` has exactly this image; the list names registries in full. */
function listed(list: string, image: string): boolean {
  const names = [image, `docker.io/${image}`, `docker.io/library/${image}`, `localhost/${image}`];
  return list.split(/\s+/).some((line) => names.includes(line));
}

/** Says how long it has taken so far while it runs: minikube says nothing for minutes. */
async function saying<T>(what: string, every: number, work: Promise<T>): Promise<T> {
  const begun = Date.now();
  const timer = setInterval(() => {
    console.log(`${what}: ${String(Math.round((Date.now() - begun) / 1000))} s so far`);
  }, every * 1000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** The image with its size, if this machine's Docker knows it. */
async function sized(image: string): Promise<string> {
  try {
    const docker = await DockerApi.connect({});
    const signal = AbortSignal.timeout(5000);
    const { Size } = (await docker.json(`/images/${image}/json`, { signal })) as { Size: number };
    return `${image} (${String(Math.round(Size / 1e6))} MB)`;
  } catch {
    return image;
  }
}

async function main(): Promise<void> {
  const {
    image,
    profile,
    build,
    every = 10,
  } = JSON.parse(process.env[COMMAND.load] ?? "{}") as Order;
  if (build !== undefined && !existsSync(build.context)) {
    fail(
      `the build context ${build.context} is not there — \`pulumi up\` writes it — run it again`,
    );
  }
  const verb = build === undefined ? "load" : "build";
  const options = (build?.options ?? []).map((option) => `${OPTION}${option}`);
  const args = build === undefined ? [image] : ["--all", ...options, "-t", image, build.context];
  const what =
    build === undefined ? `loading ${await sized(image)} into` : `building ${image} inside`;
  const done = minikube(profile, ["image", verb, ...args], { minutes: 20, live: true });
  await saying(`${what} minikube ${profile}`, every, done);
  const list = await minikube(profile, ["image", "ls"], { minutes: 2, live: false });
  if (!listed(list, image)) {
    fail(
      `minikube has no image ${image} after \`minikube image ${verb}\`, which said it was done — ` +
        `the exact tag must be in \`minikube -p ${profile} image ls\` — see the lines above and ` +
        `\`minikube -p ${profile} status\`, or \`pulumi config set builder ${build === undefined ? "minikube" : "docker"}\``,
    );
  }
  console.log(image);
}

await main();
