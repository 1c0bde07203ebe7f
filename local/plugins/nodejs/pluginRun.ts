import { type ChildProcess, spawn } from "node:child_process";

import { Lines } from "../wire/lines.ts";
import type { Options } from "./options.ts";
import { PolicyProxy } from "./policyProxy.ts";
import { ended, locate, optionVariables } from "./program.ts";

/** A plugin written for Node.js that the engine asks to be run: a provider or a policy pack. */
export interface PluginRun {
  readonly programDirectory: string;
  /** Where the engine itself runs. */
  readonly pwd: string;
  readonly options: Options;
  readonly args: readonly string[];
  /** The whole environment, as `NAME=value`. */
  readonly env: readonly string[];
  /** `analyzer` for a policy pack. */
  readonly kind: string;
  readonly stdout: (bytes: Buffer) => void;
  readonly stderr: (bytes: Buffer) => void;
}

/**
 * Runs a plugin to its end by the runner of its own `@pulumi/pulumi`, as the official language host does.
 *
 * @throws when it could not be run or ended with an error
 */
export async function runPlugin(plugin: PluginRun, signal: AbortSignal): Promise<void> {
  const policyPack = plugin.kind === "analyzer";
  const runner = locate(
    `@pulumi/pulumi/cmd/${policyPack ? "run-policy-pack" : "run-plugin"}`,
    plugin.programDirectory,
    `npm install in ${plugin.programDirectory}`,
  );
  const { nodeargs } = plugin.options;
  const { programDirectory, args } = plugin;
  const environment = {
    ...Object.fromEntries(plugin.env.map(variable)),
    ...optionVariables(plugin.options),
  };
  if (!policyPack) {
    const child = spawn("node", [...nodeargs, runner, programDirectory, ...args], {
      cwd: plugin.pwd,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.on("data", plugin.stdout);
    await finished(child, plugin, signal);
    return;
  }
  // A policy pack's runner wants the stack's settings in its environment, which the engine tells only by a call.
  const proxy = await PolicyProxy.start();
  try {
    plugin.stdout(Buffer.from(`${proxy.port}\n`));
    const child = spawn("node", [...nodeargs, runner, ...args, programDirectory], {
      cwd: programDirectory,
      env: { ...environment, ...(await proxy.stackVariables(signal)) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let attached = false;
    const lines = new Lines((line) => {
      if (attached) plugin.stdout(Buffer.from(`${line}\n`));
      else proxy.attach(Number(line));
      attached = true;
    });
    child.stdout.on("data", (bytes: Buffer) => {
      lines.push(bytes);
    });
    await finished(child, plugin, signal).finally(() => {
      proxy.fail(new Error("the policy pack has ended"));
    });
  } finally {
    proxy.stop();
  }
}

async function finished(
  child: ChildProcess,
  plugin: PluginRun,
  signal: AbortSignal,
): Promise<void> {
  child.stderr?.on("data", plugin.stderr);
  const { error, bail } = await ended(child, signal);
  if (bail) throw new Error("Program exited with non-zero exit code: 32");
  if (error !== "") throw new Error(error);
}

function variable(entry: string): [string, string] {
  const equals = entry.indexOf("=");
  return [entry.slice(0, equals), entry.slice(equals + 1)];
}
