import { spawn } from "node:child_process";

import { Lines } from "../wire/lines.ts";

/** A program to run, and what becomes of its output. */
export interface Run {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** What the errors call it. */
  readonly command: string;
  /** @default where the plugin runs: the Pulumi project's folder */
  readonly dir?: string;
  /** Added to the plugin's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** @default nothing: the program reads the end of file */
  readonly stdin?: string;
  /** Called for each line while the program runs. */
  line(stream: "stdout" | "stderr", line: string): void;
  /** Ends the program and everything it started in its group; {@link run} then fails within seconds. */
  readonly signal: AbortSignal;
}

/** The output, each without the last line's end. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** After SIGTERM the program has this long, in milliseconds, before it is killed. */
const grace = 2000;

/** An error's text travels in a gRPC header: only this much of the output fits beside it. */
const shown = 12 * 1024;

/**
 * Runs a program to its end.
 *
 * It is given a process group of its own, and {@link Run.signal} ends that group: no child stays behind.
 *
 * @throws with the exit status and the last of the output when it does not end with 0
 */
export async function run(run: Run): Promise<Output> {
  run.signal.throwIfAborted();
  const [program = "", ...args] = run.argv;
  const child = spawn(program, args, {
    cwd: run.dir,
    env: { ...process.env, ...run.environment },
    stdio: [run.stdin ? "pipe" : "ignore", "pipe", "pipe"],
    detached: true,
  });

  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const both: Buffer[] = [];
  const capture = (stream: "stdout" | "stderr", chunks: Buffer[]): void => {
    const lines = new Lines((line) => {
      run.line(stream, line);
    });
    child[stream]
      ?.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        both.push(chunk);
        lines.push(chunk);
      })
      .on("end", () => {
        lines.end();
      });
  };
  capture("stdout", stdout);
  capture("stderr", stderr);
  // A program that does not read its stdin to the end breaks the pipe; that is its own affair.
  child.stdin?.on("error", () => undefined).end(run.stdin);

  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    killGroup(child.pid, "SIGTERM");
    timer = setTimeout(() => {
      killGroup(child.pid, "SIGKILL");
      // A process that has left the group may hold these for as long as it lives, and the engine waits for an answer.
      child.stdout?.destroy();
      child.stderr?.destroy();
    }, grace);
  };
  run.signal.addEventListener("abort", stop, { once: true });
  try {
    const status = await new Promise<string | undefined>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => {
        if (signal !== null) resolve(`signal: ${signal}`);
        else resolve(code === 0 ? undefined : `exit status ${code}`);
      });
    }).catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    const reason = run.signal.aborted ? (run.signal.reason as Error).message : status;
    if (reason !== undefined) {
      throw new Error(`${reason}: running ${JSON.stringify(run.command)}:\n${tail(both)}`);
    }
    return { stdout: text(stdout), stderr: text(stderr) };
  } finally {
    run.signal.removeEventListener("abort", stop);
    clearTimeout(timer);
    // What the program left running in its group would hold on to nothing of ours, but to the machine.
    if (run.signal.aborted) killGroup(child.pid, "SIGKILL");
  }
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

function text(chunks: readonly Buffer[]): string {
  const whole = Buffer.concat(chunks).toString("utf8");
  return whole.endsWith("\n") ? whole.slice(0, -1) : whole;
}

function tail(chunks: readonly Buffer[]): string {
  const whole = Buffer.concat(chunks);
  if (whole.length <= shown) return whole.toString("utf8");
  const end = whole.subarray(whole.length - shown).toString("utf8");
  return `… (${whole.length - shown} bytes before this are left out)\n${end.slice(end.indexOf("\n") + 1)}`;
}
