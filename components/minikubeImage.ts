/**
 * Puts an image into a minikube and checks that it is there: `minikube image load` and
 * `minikube image build` can both exit 0 without having done it. Run by the image component with
 * KUBEFLOWER_IMAGE = {image, profile, build?: {context, target}}; the last line is the image.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";

interface Order {
  readonly image: string;
  readonly profile: string;
  /** Build inside minikube from this context, instead of loading the host's image. */
  readonly build?: { readonly context: string };
}

const MINUTE = 60_000;
/** Pulumi reads lines of up to 64 KiB, and hangs for ever on a longer one. */
const LONGEST_LINE = 4000;

function fail(sentence: string): never {
  console.error(sentence.slice(0, LONGEST_LINE));
  process.exit(1);
}

/** Runs minikube and returns all it said; `live` shows it as it comes. */
async function minikube(
  profile: string,
  args: readonly string[],
  { minutes, live }: { minutes: number; live: boolean },
): Promise<string> {
  const command = `minikube -p ${profile} ${args.join(" ")}`;
  const child = spawn("minikube", ["-p", profile, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    timeout: minutes * MINUTE,
  });
  let said = "";
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => {
      said += `${line}\n`;
      if (live && line.trim() !== "") console.log(line.slice(0, LONGEST_LINE));
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
    fail(`\`${command}\` ended with ${String(code ?? signal)}: ${cause(said).slice(0, 500)}`);
  }
  return said;
}

/** minikube names the cause in one line and goes on with a box of advice; anything else ends with it. */
function cause(said: string): string {
  return /Exiting due to (.*)/.exec(said)?.[1] ?? said.trim().split("\n").at(-1) ?? "";
}

/** Whether the list of `minikube image ls` has exactly this image; it writes the registry out. */
function listed(list: string, image: string): boolean {
  const names = [image, `docker.io/${image}`, `docker.io/library/${image}`, `localhost/${image}`];
  return list.split(/\s+/).some((line) => names.includes(line));
}

async function main(): Promise<void> {
  const { image, profile, build } = JSON.parse(process.env.KUBEFLOWER_IMAGE ?? "{}") as Order;
  if (build !== undefined && !existsSync(build.context)) {
    fail(
      `the build context ${build.context} is not there — \`pulumi up\` writes it — run it again`,
    );
  }
  const verb = build === undefined ? "load" : "build";
  const args = build === undefined ? [image] : ["--all", "-t", image, build.context];
  await minikube(profile, ["image", verb, ...args], { minutes: 20, live: true });
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
