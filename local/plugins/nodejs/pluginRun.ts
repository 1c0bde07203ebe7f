import { type ChildProcess, spawn } from "node:child_process";

import { Lines } from "../wire/lines.ts";
import type { Options } from "./options.ts";
import { PolicyProxy } from "./policyProxy.ts";
import { ended, locate, optionVariables } from "./program.ts";

/** A plugin written for Node.js that the engine asks to run: a provider or a policy pack. */
export interface PluginRun {
  /** Folder of the plugin's program. */
  readonly programDirectory: string;
  /** Working folder of the engine. */
  readonly pwd: string;
  readonly options: Options;
  readonly args: readonly string[];
  /** The whole environment, as `NAME=value`. */
  readonly env: readonly string[];
  /** `analyzer` for a policy pack, `resource` for a provider. */
  readonly kind: string;
  /** Takes what the plugin prints. */
  readonly stdout: (bytes: Buffer) => void;
  /** Takes what the plugin prints on standard error. */
  readonly stderr: (bytes: Buffer) => void;
}

/**
 * Runs a plugin to its end with the runner of its `@pulumi/pulumi`, as the official language host does.
 *
 * @throws when it could not be run or ended with an error
 */
export function runPlugin(plugin: PluginRun, signal: AbortSignal): Promise<void> {
  return plugin.kind === "analyzer" ? runPolicyPack(plugin, signal) : runProvider(plugin, signal);
}

async function runProvider(plugin: PluginRun, signal: AbortSignal): Promise<void> {
  const { programDirectory, options, args, pwd } = plugin;
  const runner = runnerOf(plugin, "run-plugin");
  const child = spawn("node", [...options.nodeargs, runner, programDirectory, ...args], {
    cwd: pwd,
    env: environment(plugin),
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", plugin.stdout);
  await finished(child, plugin, signal);
}

/** Runs a policy pack behind a proxy: its runner wants the stack's settings in its environment, and the engine sends them by a call. */
async function runPolicyPack(plugin: PluginRun, signal: AbortSignal): Promise<void> {
  const { programDirectory, options, args } = plugin;
  const runner = runnerOf(plugin, "run-policy-pack");
  const proxy = await PolicyProxy.start();
  try {
    plugin.stdout(Buffer.from(`${proxy.port}\n`));
    const child = spawn("node", [...options.nodeargs, runner, ...args, programDirectory], {
      cwd: programDirectory,
      env: { ...environment(plugin), ...(await proxy.stackVariables(signal)) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines = packLines(plugin, proxy);
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

/** Reads a policy pack's output: its first line is the port it listens on, which the proxy needs; the rest is passed on. */
function packLines(plugin: PluginRun, proxy: PolicyProxy): Lines {
  let attached = false;
  return new Lines((line) => {
    if (attached) plugin.stdout(Buffer.from(`${line}\n`));
    else proxy.attach(Number(line));
    attached = true;
  });
}

function runnerOf({ programDirectory }: PluginRun, name: string): string {
  const install = `npm install in ${programDirectory}`;
  return locate(`@pulumi/pulumi/cmd/${name}`, programDirectory, install);
}

function environment({ env, options }: PluginRun): Record<string, string> {
  return { ...Object.fromEntries(env.map(variable)), ...optionVariables(options) };
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
