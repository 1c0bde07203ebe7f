import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import Docker from "dockerode";

import { command } from "../../../local/tools/command.ts";
import { DockerEngine } from "../../../local/machine/dockerEngine.ts";
import { buildImage } from "../../../local/plugins/docker/build.ts";
import { DockerApi } from "../../../local/plugins/docker/dockerApi.ts";
import { Sandbox } from "../../../local/machine/sandbox.ts";

/**
 * What the tests put on PATH as `minikube`: the profile `minikube` is the embedded cluster of
 * KUBEFLOWER_CLUSTER. It takes the arguments of v1.38 and answers in its words; what it does not
 * know it refuses, so that no test passes by a command that a real one would not take.
 */
async function main(args: readonly string[]): Promise<void> {
  const [option, profile, image, verb, ...rest] = args;
  if (option !== "-p" || image !== "image") exiting("MK_USAGE", `unknown: ${args.join(" ")}`);
  if (profile !== "minikube")
    exiting("MK_USAGE", `loading profile: cluster "${profile ?? ""}" does not exist`);
  const node = new Sandbox(`${process.env.KUBEFLOWER_CLUSTER ?? "local"}/node-0`);
  const ctr = await images(node);
  if (verb === "ls" && rest.length === 0) await list(ctr);
  else if (verb === "load" && rest.length === 1) await load(ctr, new Docker(), rest[0] ?? "");
  else if (verb === "build" && rest.length === 4 && rest.slice(0, 2).join(" ") === "--all -t")
    await build(ctr, rest[2] ?? "", rest[3] ?? "");
  else exiting("MK_USAGE", `unknown: ${args.join(" ")}`);
}

/** The node's `ctr images`, run among the node's files. */
async function images(node: Sandbox): Promise<string[]> {
  for (const pid of await node.pids()) {
    // Its supervisor: the pods' processes are the node's as well, with files of their own.
    if ((await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")) !== "runsvdir\n") continue;
    const enter = ["nsenter", "--target", String(pid), "--mount", "--"];
    return [...enter, "ctr", "-n", "k8s.io", "images"];
  }
  exiting("GUEST_STATUS", "the node does not run");
}

async function list([program = "", ...ctr]: string[]): Promise<void> {
  const names = await command(program, [...ctr, "ls", "-q"]);
  // containerd has each image under its digests as well; minikube leaves them out.
  const tagged = names.split("\n").filter((name) => name !== "" && !/^sha256:|@/.test(name));
  for (const name of tagged.sort()) process.stdout.write(`${name}\n`);
}

/** Takes the image from the host's engine, which DOCKER_HOST names. */
async function load([program = "", ...ctr]: string[], engine: Docker, name: string): Promise<void> {
  const image = await engine
    .getImage(name)
    .get()
    .catch((error: unknown) => {
      exiting("GUEST_IMAGE_LOAD", `Failed to load image: ${(error as Error).message}`);
    });
  const child = spawn(program, [...ctr, "import", "-"], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  // It stops reading where the archive ends, perhaps before the stream does; its exit code counts.
  await pipeline(image, child.stdin).catch(() => undefined);
  const [code] = (await ended) as [number | null];
  // As the real one: what goes wrong inside is no failure of the command's.
  if (code !== 0) process.stderr.write(`! ctr ended with ${String(code)}\n`);
}

/** Builds with an engine of the cluster's own: not with the one that DOCKER_HOST names. */
async function build(ctr: string[], name: string, context: string): Promise<void> {
  const { host, socket } = new DockerEngine();
  const engine = await DockerApi.connect({ host });
  const line = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  // Without a target: minikube builds the last stage.
  const inputs = { imageName: name, build: { network: "host" } };
  const signal = AbortSignal.timeout(15 * 60_000);
  const dockerfile = join(context, "Dockerfile");
  await buildImage(engine, inputs, { context, dockerfile, line, signal });
  await load(ctr, new Docker({ socketPath: socket }), name);
}

/** How minikube fails: the cause, then a box around its last lines. */
function exiting(code: string, message: string): never {
  const box = ["╭───╮", "│ * If the above advice does not help, please let us know │", "╰───╯"];
  process.stderr.write(`X Exiting due to ${code}: ${message}\n* \n${box.join("\n")}\n\n`);
  process.exit(80);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  exiting("HOST_STANDIN", (error as Error).message.replaceAll("\n", " "));
});
