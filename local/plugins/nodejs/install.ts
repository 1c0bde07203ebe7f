import { spawn } from "node:child_process";

import type { Options } from "./options.ts";

/**
 * Installs a program's packages.
 *
 * @param output takes what the package manager prints
 * @throws when it ends with an error
 */
export async function installDependencies(
  directory: string,
  { packagemanager }: Options,
  output: { stdout: (bytes: Buffer) => void; stderr: (bytes: Buffer) => void },
): Promise<void> {
  const manager = packagemanager === "auto" ? "npm" : packagemanager;
  const child = spawn(manager, ["install"], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", output.stdout);
  child.stderr.on("data", output.stderr);
  await new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${manager} install in ${directory} ended with ${code ?? "a signal"}`));
    });
  });
}
