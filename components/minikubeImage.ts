/**
 * Puts an image into a minikube and checks that it is there: `minikube image load` and
 * `minikube image build` can both exit 0 without having done it. Run by the image component with
 * KUBEFLOWER_IMAGE = {image, profile, build?: {context, target}}; the last line is the image.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

interface Order {
  readonly image: string;
  readonly profile: string;
  /** Build inside minikube from this context, instead of loading the host's image. */
  readonly build?: { readonly context: string };
}

const MINUTE = 60_000;
/** Pulumi reads lines of up to 64 KiB, and hangs for ever on a longer one. */
const LONGEST_LINE = 4000;

function print(text: string): void {
  for (const line of text.split(/[\r\n]+/)) {
    if (line.trim() !== "") console.log(line.slice(0, LONGEST_LINE));
  }
}

function fail(sentence: string): never {
  console.error(sentence.slice(0, LONGEST_LINE));
  process.exit(1);
}

function minikube(profile: string, args: string[], minutes: number): string {
  const done = spawnSync("minikube", ["-p", profile, ...args], {
    encoding: "utf8",
    timeout: minutes * MINUTE,
    maxBuffer: 64 * 1024 * 1024,
  });
  const command = `minikube -p ${profile} ${args.join(" ")}`;
  const error: NodeJS.ErrnoException | undefined = done.error;
  if (error?.code === "ENOENT") {
    fail(
      "`minikube` is not on PATH — cluster minikube needs it — install it, or `pulumi config set cluster remote`",
    );
  }
  if (error?.code === "ETIMEDOUT") {
    fail(
      `\`${command}\` took longer than ${String(minutes)} minutes — see \`minikube -p ${profile} status\``,
    );
  }
  if (done.status !== 0) {
    print(done.stdout);
    print(done.stderr);
    const last = done.stderr.trim().split("\n").at(-1) ?? "";
    fail(`\`${command}\` ended with ${String(done.status ?? done.signal)}: ${last.slice(0, 500)}`);
  }
  return `${done.stdout}\n${done.stderr}`;
}

/** Whether the list of `minikube image ls` has exactly this image; it writes the registry out. */
function listed(list: string, image: string): boolean {
  const names = [image, `docker.io/${image}`, `docker.io/library/${image}`, `localhost/${image}`];
  return list.split(/\s+/).some((line) => names.includes(line));
}

function main(): void {
  const { image, profile, build } = JSON.parse(process.env.KUBEFLOWER_IMAGE ?? "{}") as Order;
  if (build !== undefined && !existsSync(build.context)) {
    fail(
      `the build context ${build.context} is not there — \`pulumi up\` writes it — run it again`,
    );
  }
  const verb = build === undefined ? "load" : "build";
  const args = build === undefined ? [image] : ["--all", "-t", image, build.context];
  const said = minikube(profile, ["image", verb, ...args], 20);
  if (!listed(minikube(profile, ["image", "ls"], 2), image)) {
    print(said);
    fail(
      `minikube has no image ${image} after \`minikube image ${verb}\`, which said it was done — ` +
        `the exact tag must be in \`minikube -p ${profile} image ls\` — see the lines above, or set another builder`,
    );
  }
  console.log(image);
}

main();
