import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

import Docker from "dockerode";

import { command } from "../../local/command.ts";
import type { Engine } from "../../local/engine.ts";
import { ownEngine } from "../../local/environment.ts";
import { say } from "../../local/progress.ts";
import { testImage } from "./testImage.ts";

// What `npm run test:app` and `npm run check:app` start: the Python side's tests and linters, with the packages of the
// image and no network.

const MINUTES = { all: 45, container: 15 };
const PYTHON = "app tests/app";
const SCRIPTS: Readonly<Record<string, string>> = {
  test: "pytest -c app/pyproject.toml tests/app",
  check: [
    `ruff format --check --no-cache --config app/pyproject.toml ${PYTHON}`,
    `ruff check --no-cache --config app/pyproject.toml ${PYTHON}`,
    `MYPYPATH=app:app/vision:tests/app mypy --cache-dir=/dev/null --config-file app/pyproject.toml ${PYTHON}`,
  ].join(" && "),
};

/** Where the Docker engine in use listens: the user's, else ours, which is started. */
async function engineHost(own: Engine | undefined): Promise<string> {
  if (own === undefined) {
    // Only the docker command knows the user's contexts.
    const context = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"];
    return process.env.DOCKER_HOST ?? (await command("docker", context)).trim();
  }
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    throw new Error(
      "the Python tests run in a container, and no Docker 20.10 or later answers here — " +
        "start Docker, or run them as root on Linux, where the project brings an engine of its own",
    );
  await own.up();
  return own.host;
}

/** Runs the script on the Python sources as they lie here; returns its exit code. */
async function run(image: string, script: string, signal: AbortSignal): Promise<number> {
  const docker = new Docker();
  const unpack = "mkdir /tmp/sources && cd /tmp/sources && tar x --no-same-owner";
  const container = await docker.createContainer({
    Image: image,
    // Ends by itself also when this process is killed.
    Cmd: ["timeout", `${MINUTES.container}m`, "sh", "-c", `${unpack} && ${script}`],
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: { AutoRemove: true, NetworkMode: "none" },
  });
  try {
    const streams = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true };
    const attached = await container.attach({ ...streams, abortSignal: signal });
    docker.modem.demuxStream(attached, process.stdout, process.stderr);
    await container.start({ abortSignal: signal });
    const closed = once(attached, "close", { signal });
    // The container waits for the sources, so it cannot end before it is waited for.
    const ended = container.wait({ abortSignal: signal }) as Promise<{ StatusCode: number }>;
    const excluded = ["__pycache__", ".mypy_cache", ".ruff_cache"].map((n) => `--exclude=${n}`);
    const tar = spawn("tar", ["-cf", "-", ...excluded, ...PYTHON.split(" ")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    tar.stdout.pipe(attached);
    const away = closed
      .then(() => sleep(10_000, undefined, { ref: false }))
      .then(() => Promise.reject(new Error("the Docker engine went away meanwhile — try again")));
    const [{ StatusCode }] = await Promise.race([Promise.all([ended, closed]), away]);
    return StatusCode;
  } finally {
    await container.remove({ force: true }).catch(() => undefined); // gone already when it ended by itself
  }
}

const stop = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const)
  // Not once: npm passes on what the terminal has sent to all.
  process.on(name, () => {
    stop.abort(new Error(`stopped by ${name}`));
    process.exitCode = 128 + constants.signals[name];
  });
const deadline = setTimeout(() => {
  stop.abort(new Error(`stopped after ${MINUTES.all} min`));
}, MINUTES.all * 60_000);

const own = await ownEngine();
try {
  const script = SCRIPTS[process.argv[2] ?? ""];
  if (script === undefined)
    throw new Error(`${process.argv[2]} — allowed: ${Object.keys(SCRIPTS).join(", ")}`);
  process.env.DOCKER_HOST = await engineHost(own);
  process.exitCode = await run(await testImage(stop.signal), script, stop.signal);
} catch (error) {
  say(`error: ${((stop.signal.reason ?? error) as Error).message}`);
  process.exitCode ??= 1;
} finally {
  clearTimeout(deadline);
  await own?.downUnlessNeeded();
}
