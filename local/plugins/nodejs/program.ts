import { spawn, type ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

import type { Options } from "./options.ts";

/** A program that the engine asks to run. */
export interface Program {
  readonly rootDirectory: string;
  readonly programDirectory: string;
  /** The program's file or folder; `.` leaves it to package.json. */
  readonly entryPoint: string;
  readonly options: Options;
  readonly args: readonly string[];
  readonly engineAddress: string;
  readonly monitorAddress: string;
  readonly organization: string;
  readonly project: string;
  readonly stack: string;
  /** Resource operations at a time. */
  readonly parallel: number;
  readonly dryRun: boolean;
  readonly config: ReadonlyMap<string, string>;
  readonly configSecretKeys: readonly string[];
  /** A module that Node.js loads before the program. */
  readonly preload?: string;
}

/** How a program ended. `error` is empty when it succeeded; `bail` says that it has shown its error itself. */
export type Ending = { readonly error: string; readonly bail: boolean };

/** `@pulumi/pulumi`'s own exit code for "the error has been shown". */
const ALREADY_SHOWN = 32;

/** Time between SIGINT and SIGKILL, in milliseconds. */
const GRACE = 5000;

/** Runs a Pulumi program with the runner of its `@pulumi/pulumi`, as the official language host does. */
export async function runProgram(program: Program, signal: AbortSignal): Promise<Ending> {
  const { options } = program;
  const argv = [
    ...options.nodeargs,
    locate("@pulumi/pulumi/cmd/run", program.programDirectory, "pulumi install"),
    ...flag("monitor", program.monitorAddress),
    ...flag("engine", program.engineAddress),
    ...flag("organization", program.organization),
    ...flag("project", program.project),
    ...flag("root-directory", program.rootDirectory),
    ...flag("stack", program.stack),
    ...flag("pwd", program.programDirectory),
    ...(program.dryRun ? ["--dry-run"] : []),
    ...flag("parallel", String(program.parallel)),
    program.entryPoint,
    ...program.args,
  ];
  const child = spawn("node", argv, {
    env: {
      ...process.env,
      ...optionVariables(options),
      ...(program.preload !== undefined && { NODE_OPTIONS: nodeOptions(program.preload) }),
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(configKeys(program.config))),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(program.configSecretKeys),
    },
    stdio: ["ignore", "inherit", "inherit"],
  });
  return ended(child, signal);
}

/** Value of NODE_OPTIONS. An argument would not do: `@pulumi/pulumi` takes `--import` for a loader of the program. */
function nodeOptions(preload: string): string {
  return [process.env["NODE_OPTIONS"], `--import=${preload}`].filter(Boolean).join(" ");
}

/** Variables in which `@pulumi/pulumi`'s runners read the options. */
export function optionVariables({ typescript, tsconfig }: Options): Record<string, string> {
  return {
    ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
  };
}

/**
 * Finds the file of a module from the program's folder.
 *
 * @throws when it is not installed there
 */
export function locate(module: string, programDirectory: string, install: string): string {
  try {
    return createRequire(join(programDirectory, "index.js")).resolve(module);
  } catch {
    throw new Error(
      `It looks like the Pulumi SDK has not been installed. Have you run ${install}?`,
    );
  }
}

/** Waits for a program's end. The signal interrupts it, and kills it when that does not end it. */
export async function ended(child: ChildProcess, signal: AbortSignal): Promise<Ending> {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill("SIGINT");
    timer = setTimeout(() => child.kill("SIGKILL"), GRACE);
  };
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  return new Promise((resolve) => {
    const finish = (ending: Ending): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(ending);
    };
    child.on("error", ({ message }) => {
      finish({
        error: `Problem executing program (could not run language executor): ${message}`,
        bail: false,
      });
    });
    child.on("close", (code, killed) => {
      if (code === 0) finish({ error: "", bail: false });
      else if (code === ALREADY_SHOWN) finish({ error: "", bail: true });
      else if (code === null) {
        finish({ error: `Program exited unexpectedly: signal ${killed}`, bail: false });
      } else finish({ error: `Program exited with non-zero exit code: ${code}`, bail: false });
    });
  });
}

function flag(name: string, value: string): string[] {
  return value === "" ? [] : [`--${name}`, value];
}

/** Config keys as `@pulumi/pulumi` expects them in the environment: `project:config:key`. */
function* configKeys(config: ReadonlyMap<string, string>): Generator<[string, string]> {
  for (const [key, value] of config) {
    const parts = key.split(":");
    yield [parts.length === 2 ? parts.join(":config:") : key, value];
  }
}
