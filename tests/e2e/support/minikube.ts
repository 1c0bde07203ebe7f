import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import Docker from "dockerode";

import { command } from "../../../local/tools/command.ts";
import { DockerEngine } from "../../../local/machine/dockerEngine.ts";
import { buildImage } from "../../../docker/build.ts";
import { DockerApi } from "../../../docker/dockerApi.ts";
import { Sandbox } from "../../../local/machine/sandbox.ts";

/**
 * Stands in for `minikube` on the tests' PATH: its profile `minikube` is the embedded cluster of
 * KUBEFLOWER_CLUSTER. It takes the arguments of v1.38 and answers in its words. It refuses arguments
 * that it does not know, so that no test passes by a command that the real one would not take.
 */
async function main(args: readonly string[]): Promise<void> {
  const [option, profile, image, verb, ...rest] = args;
  if (option === "-p" && args.slice(2).join(" ") === "node list") {
    process.stdout.write(`${profile ?? ""}\t192.168.49.2\n`);
    return;
  }
  if (option !== "-p" || image !== "image") exiting("MK_USAGE", `unknown: ${args.join(" ")}`);
  if (profile !== "minikube") {
    exiting("MK_USAGE", `loading profile: cluster "${profile ?? ""}" does not exist`);
  }
  const node = new Sandbox(`${process.env.KUBEFLOWER_CLUSTER ?? "local"}/node-0`);
  const ctr = await images(node);
  if (verb === "ls" && rest.length === 0) await list(ctr);
  else if (verb === "load" && rest.length === 1) await load(ctr, new Docker(), rest[0] ?? "");
  else if (verb === "build" && rest[0] === "--all" && rest.at(-3) === "-t") {
    const args = Object.fromEntries(rest.slice(1, -3).map(buildArg));
    await build(ctr, args, { name: rest.at(-2) ?? "", context: rest.at(-1) ?? "" });
  } else exiting("MK_USAGE", `unknown: ${args.join(" ")}`);
}

/** Returns the command that runs the node's `ctr images` in its mount namespace. */
async function images(node: Sandbox): Promise<string[]> {
  for (const pid of await node.pids()) {
    // Take the supervisor: the pods' processes belong to the node too, but have other mounts.
    if ((await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")) !== "runsvdir\n") continue;
    const enter = ["nsenter", "--target", String(pid), "--mount", "--"];
    return [...enter, "ctr", "-n", "k8s.io", "images"];
  }
  exiting("GUEST_STATUS", "the node does not run");
}

async function list([program = "", ...ctr]: string[]): Promise<void> {
  const names = await command(program, [...ctr, "ls", "-q"]);
  // containerd lists each image by its digests too; minikube leaves those out.
  const tagged = names.split("\n").filter((name) => name !== "" && !/^sha256:|@/.test(name));
  for (const name of tagged.sort()) process.stdout.write(`${name}\n`);
}

/** Loads an image from the Docker that DOCKER_HOST names. */
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
  // `ctr` stops reading at the end of the archive, perhaps before the stream ends; its exit code counts.
  await pipeline(image, child.stdin).catch(() => undefined);
  const [code] = (await ended) as [number | null];
  // The real minikube exits with 0 too when this fails.
  if (code !== 0) process.stderr.write(`! ctr ended with ${String(code)}\n`);
}

/** Reads an option of minikube's builder on containerd, which is BuildKit's own program. */
function buildArg(option: string): [name: string, value: string] {
  const [, name, value] = /^--build-opt=opt=build-arg:(\w+)=(.*)$/s.exec(option) ?? [];
  if (name === undefined || value === undefined) exiting("MK_USAGE", `unknown: ${option}`);
  return [name, value];
}

/** Builds with the embedded Docker engine, not with the one that DOCKER_HOST names. */
async function build(
  ctr: string[],
  args: Readonly<Record<string, string>>,
  { name, context }: { readonly name: string; readonly context: string },
): Promise<void> {
  const { host, socket } = new DockerEngine();
  const engine = await DockerApi.connect({ host });
  const line = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  // No target is given: minikube builds the last stage.
  const inputs = { imageName: name, build: { network: "host", args } };
  const signal = AbortSignal.timeout(15 * 60_000);
  const dockerfile = join(context, "Dockerfile");
  await buildImage(engine, inputs, { context, dockerfile, line, signal });
  await load(ctr, new Docker({ socketPath: socket }), name);
}

/** Fails as minikube does: prints the cause, then a box around its last lines. */
function exiting(code: string, message: string): never {
  const box = ["╭───╮", "│ * If the above advice does not help, please let us know │", "╰───╯"];
  process.stderr.write(`X Exiting due to ${code}: ${message}\n* \n${box.join("\n")}\n\n`);
  process.exit(80);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  exiting("HOST_STANDIN", (error as Error).message.replaceAll("\n", " "));
});
