import { execFile } from "node:child_process";
import { createInterface } from "node:readline";

/** How {@link command} runs a program. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** @default 60 seconds */
  readonly seconds?: number;
  /** Gets each line that the program writes to stderr, as soon as it is whole. */
  readonly onLine?: (line: string) => void;
}

/** Runs a program to its end and returns what it printed; the error of a failure names it and ends with its last lines. */
export function command(
  program: string,
  args: readonly string[],
  { cwd, env, input, seconds = 60, onLine }: CommandOptions = {},
): Promise<string> {
  return new Promise((done, failed) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 28 };
    const child = execFile(
      program,
      args,
      { ...options, timeout: seconds * 1000, killSignal: "SIGKILL" },
      (error, stdout, stderr) => {
        if (!error) {
          done(stdout);
          return;
        }
        const why = error.killed ? `was stopped after ${seconds} s` : `ended with ${error.code}`;
        const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n");
        failed(new Error(`\`${[program, ...args].join(" ").slice(0, 200)}\` ${why}\n${said}`));
      },
    );
    if (onLine && child.stderr) createInterface({ input: child.stderr }).on("line", onLine);
    child.stdin?.on("error", () => undefined); // a program that ended without reading its input says so by its exit
    child.stdin?.end(input);
  });
}

/** Whether a program of that name is on PATH and answers `args` with success. */
export async function answers(program: string, args: readonly string[]): Promise<boolean> {
  return command(program, args, { seconds: 20 }).then(
    () => true,
    () => false,
  );
}
