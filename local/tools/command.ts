import { execFile } from "node:child_process";
import { createInterface } from "node:readline";

/** Options of {@link command}. */
export interface CommandOptions {
  /** Working folder. @default this process's */
  readonly cwd?: string;
  /** Variables added to this process's. @default none */
  readonly env?: NodeJS.ProcessEnv;
  /** Text for standard input. @default none */
  readonly input?: string;
  /** Time limit in seconds. @default 60 */
  readonly seconds?: number;
  /** Gets each line that the program writes to stderr, as soon as it is whole. */
  readonly onLine?: (line: string) => void;
}

/** Runs a program to its end and returns its standard output; an error names the program and shows its last lines. */
export function command(
  program: string,
  args: readonly string[],
  { cwd, env, input, seconds = 60, onLine }: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 28 };
    const child = execFile(
      program,
      args,
      { ...options, timeout: seconds * 1000, killSignal: "SIGKILL" },
      (error, stdout, stderr) => {
        if (!error) {
          resolve(stdout);
          return;
        }
        const why = error.killed ? `was stopped after ${seconds} s` : `ended with ${error.code}`;
        const said = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n");
        reject(new Error(`\`${[program, ...args].join(" ").slice(0, 200)}\` ${why}\n${said}`));
      },
    );
    if (onLine && child.stderr) createInterface({ input: child.stderr }).on("line", onLine);
    // A program that ends before it has read its input breaks the pipe; its exit code tells the rest.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

/** Whether a program is on PATH and succeeds with these arguments. */
export async function answers(program: string, args: readonly string[]): Promise<boolean> {
  return command(program, args, { seconds: 20 }).then(
    () => true,
    () => false,
  );
}
