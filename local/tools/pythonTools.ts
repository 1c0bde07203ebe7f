import { join } from "node:path";

import { cached, contentKey } from "./cached.ts";
import { answers, command } from "./command.ts";
import { project } from "./folders.ts";
import { progress } from "./progress.ts";

/** Oldest Python 3 that local/python/requirements.lock is for, by its minor version. */
const MINOR = 11;

/** Installs checkov and syft as local/python/requirements.lock pins them; returns the variables of a process that calls them. */
export async function pythonTools(): Promise<{
  readonly path: string;
  readonly PYTHONPATH: string;
}> {
  const version = await command("python3", ["--version"]).catch(() => "");
  const [, minor = "0"] = /^Python 3\.(\d+)/.exec(version) ?? [];
  if (Number(minor) < MINOR || !(await answers("python3", ["-m", "pip", "--version"]))) {
    throw new Error(
      `checkov and syft need Python 3.${MINOR} or later with pip, and \`python3 -m pip\` does not answer as one — install it`,
    );
  }
  const lock = join(project, "local/python/requirements.lock");
  const key = await contentKey([{ file: lock }, minor, process.platform, process.arch]);
  const folder = await cached("python", key, (target) =>
    progress("installing checkov and syft", () => install(lock, target)),
  );
  return { path: join(folder, "bin"), PYTHONPATH: folder };
}

async function install(lock: string, target: string): Promise<void> {
  const options = [
    "--disable-pip-version-check",
    "--no-deps",
    "--require-hashes",
    "--only-binary=:all:",
  ];
  const args = ["-m", "pip", "install", ...options, "--target", target, "-r", lock];
  await command("python3", args, { seconds: 15 * 60 });
}
