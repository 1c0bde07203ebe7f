import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import Docker from "dockerode";

import { command } from "../local/tools/command.ts";
import type { DockerEngine } from "../local/machine/dockerEngine.ts";
import { project } from "../local/tools/folders.ts";

/** A script that runs in a container, with the packages of an image and without a network. */
export interface Contained {
  readonly image: string;
  /** Folders and files of the project that are copied into the container. */
  readonly folders: readonly string[];
  /** Shell script, run in the folder with the copies. */
  readonly script: string;
  /** Folders that outlive the container, by the names of their Docker volumes; none by default. */
  readonly volumes?: Readonly<Record<string, string>>;
  /** Time limit; it holds even when this process is killed. */
  readonly minutes: number;
  /** Receives its standard output; its standard error goes to this process's. */
  readonly out: NodeJS.WritableStream;
}

/** Address of the Docker in use: the user's, else the project's engine, which is started. */
export async function dockerHost(own: DockerEngine | undefined): Promise<string> {
  if (own === undefined) {
    // The user's contexts are known to the docker command alone.
    const context = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"];
    return process.env.DOCKER_HOST ?? (await command("docker", context)).trim();
  }
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new Error(
      "images need Docker, and no Docker 20.10 or later answers here — " +
        "start it, or run this as root on Linux, where the project brings an engine of its own",
    );
  }
  await own.up();
  return own.host;
}

/** Runs a script on copies of the sources; returns its exit code. */
export async function contained(
  { image, folders, script, volumes = {}, minutes, out }: Contained,
  signal: AbortSignal,
): Promise<number> {
  const docker = new Docker();
  const unpack = "mkdir /tmp/sources && cd /tmp/sources && tar x --no-same-owner";
  const container = await docker.createContainer({
    Image: image,
    Cmd: ["timeout", `${minutes}m`, "sh", "-c", `${unpack} && ${script}`],
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: {
      AutoRemove: true,
      NetworkMode: "none",
      Binds: Object.entries(volumes).map(([name, folder]) => `${name}:${folder}`),
    },
  });
  try {
    const streams = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true };
    const attached = await container.attach({ ...streams, abortSignal: signal });
    docker.modem.demuxStream(attached, out, process.stderr);
    await container.start({ abortSignal: signal });
    const closed = once(attached, "close", { signal });
    // The container waits for the sources, so it cannot end before this call.
    const ended = container.wait({ abortSignal: signal }) as Promise<{ StatusCode: number }>;
    const excluded = ["__pycache__", ".mypy_cache", ".ruff_cache"].map((n) => `--exclude=${n}`);
    const tar = spawn("tar", ["-cf", "-", ...excluded, ...folders], {
      cwd: project,
      stdio: ["ignore", "pipe", "inherit"],
    });
    tar.stdout.pipe(attached);
    const away = closed
      .then(() => sleep(10_000, undefined, { ref: false }))
      .then(() => Promise.reject(new Error("the Docker engine went away meanwhile — try again")));
    const [{ StatusCode }] = await Promise.race([Promise.all([ended, closed]), away]);
    return StatusCode;
  } finally {
    await container.remove({ force: true }).catch(() => undefined); // Docker has removed it when it ended by itself
  }
}
