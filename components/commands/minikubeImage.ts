/**
 * Loads an image into a minikube, or builds it there, and checks the result on each node: `minikube
 * image load` and `minikube image build` can both exit 0 without having done it. The image component
 * runs it with KUBEFLOWER_LOAD = {image, profile, build?: {context, options?}}. Prints the image as
 * its last line.
 */
import { existsSync } from "node:fs";
import { COMMAND } from "../../contract/variables.ts";
import { ended, fail, run, saying, sized, type Tool } from "./loading.ts";

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

const OPTION = "--build-opt=";
/** Programs that only ask. */
const QUIET = { minutes: 2, live: false } as const;

/** A command of minikube; `live` also prints what it says. */
function minikube(
  profile: string,
  args: readonly string[],
  { minutes, live }: Pick<Tool, "minutes" | "live">,
): Tool {
  const all = ["-p", profile, ...args];
  return {
    program: "minikube",
    args: all,
    shown: all.filter((arg) => !arg.startsWith(OPTION)),
    minutes,
    live,
    // minikube keeps the arguments of its commands in a file, unless it is told not to.
    env: { MINIKUBE_SKIP_AUDIT: "true" },
    missing:
      "`minikube` is not on PATH — cluster minikube needs it — install it, or `pulumi config set cluster remote`",
    more: `\`minikube -p ${profile} status\``,
    // Around the cause minikube prints a box.
    cause: (said) => /Exiting due to (.*)/.exec(said)?.[1],
  };
}

/** Whether the list of `minikube image ls` has exactly this image; the list names registries in full. */
function listed(list: string, image: string): boolean {
  const names = [image, `docker.io/${image}`, `docker.io/library/${image}`, `localhost/${image}`];
  return list.split(/\s+/).some((line) => names.includes(line));
}

/**
 * Asks each of several nodes for the image: `minikube image ls` lists what any of them has. The
 * nodes' kubelets find it as crictl does, whatever their runtime is.
 */
async function checkNodes(profile: string, image: string, isBuilt: boolean): Promise<void> {
  const { said: list } = await ended(minikube(profile, ["node", "list"], QUIET));
  const names = [...list.matchAll(/^(\S+)\t\S*$/gm)].map(([, name = ""]) => name);
  if (names.length < 2) return;
  const ids = new Map<string, string>();
  for (const node of names) {
    const ask = ["ssh", "-n", node, "--", `sudo crictl inspecti -o json ${image}`];
    const { code, said } = await ended(minikube(profile, ask, QUIET));
    const id = /"id": *"(sha256:[0-9a-f]{64})"/.exec(said)?.[1];
    if (code === 0 && id !== undefined) ids.set(node, id);
    else if (/no such image/i.test(said)) fail(lacking(profile, image, node));
    else console.log(`node ${node} was not asked for its images: ${said.trim().slice(0, 300)}`);
  }
  // A build on each node makes an image of its own there, of the same sources.
  if (!isBuilt && new Set(ids.values()).size > 1) {
    const kinds = [...ids].map(([node, id]) => `${node} ${id.slice(7, 19)}`).join(", ");
    fail(
      `minikube's nodes have different images of ${image} (${kinds}) — they must have the same — ` +
        `\`minikube -p ${profile} image rm ${image}\`, then: pulumi up`,
    );
  }
}

function lacking(profile: string, image: string, node: string): string {
  return (
    `node ${node} of minikube ${profile} has no image ${image}, and another node has it — pods may ` +
    `start on each node — see \`minikube -p ${profile} status\`, start the node, then: pulumi up`
  );
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
  const done = run(minikube(profile, ["image", verb, ...args], { minutes: 20, live: true }));
  await saying(`${what} minikube ${profile}`, every, done);
  const list = await run(minikube(profile, ["image", "ls"], QUIET));
  if (!listed(list, image)) {
    fail(
      `minikube has no image ${image} after \`minikube image ${verb}\`, which said it was done — ` +
        `the exact tag must be in \`minikube -p ${profile} image ls\` — see the lines above and ` +
        `\`minikube -p ${profile} status\`, or \`pulumi config set builder ${build === undefined ? "minikube" : "docker"}\``,
    );
  }
  await checkNodes(profile, image, build !== undefined);
  console.log(image);
}

await main();
