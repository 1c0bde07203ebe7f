import { type ChildProcess, spawn } from "node:child_process";

import { Lines } from "../wire/lines.ts";

/** A program to run. */
export interface Run {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** The command as errors quote it. */
  readonly command: string;
  /** Working folder. @default the plugin's: the Pulumi project's folder */
  readonly dir?: string;
  /** Variables added to the plugin's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Text for standard input. @default none: the program reads the end of file */
  readonly stdin?: string;
  /** Called for each line while the program runs. */
  line(stream: "stdout" | "stderr", line: string): void;
  /** Ends the program and everything it started in its group; {@link run} then fails within seconds. */
  readonly signal: AbortSignal;
}

/** Output of a program, each stream without the end of its last line. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Time between SIGTERM and SIGKILL, in milliseconds. */
const GRACE = 2000;

/** Bytes of output that an error shows: its text travels in a gRPC header, which holds little more. */
const SHOWN = 12 * 1024;

/**
 * Runs a program to its end.
 *
 * It gets a process group of its own, and {@link Run.signal} ends that group: no child stays behind.
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
  const output = captured(child, run);
  // A program that does not read its stdin to the end breaks the pipe, which is no failure.
  child.stdin?.on("error", () => undefined).end(run.stdin);

  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    timer = stopGroup(child);
  };
  run.signal.addEventListener("abort", stop, { once: true });
  try {
    const status = await failure(child);
    const reason = run.signal.aborted ? (run.signal.reason as Error).message : status;
    if (reason !== undefined) {
      throw new Error(`${reason}: running ${JSON.stringify(run.command)}:\n${tail(output.both)}`);
    }
    return { stdout: text(output.stdout), stderr: text(output.stderr) };
  } finally {
    run.signal.removeEventListener("abort", stop);
    clearTimeout(timer);
    // After a cancel, kill what the program left running in its group.
    if (run.signal.aborted) killGroup(child.pid, "SIGKILL");
  }
}

/** Chunks of what a program prints, filled while it runs. */
interface Chunks {
  readonly stdout: Buffer[];
  readonly stderr: Buffer[];
  /** Both streams in the order of arrival. */
  readonly both: Buffer[];
}

/** Collects a program's output, and passes on each line. */
function captured(child: ChildProcess, run: Run): Chunks {
  const chunks: Chunks = { stdout: [], stderr: [], both: [] };
  for (const stream of ["stdout", "stderr"] as const) {
    const lines = new Lines((text) => {
      run.line(stream, text);
    });
    child[stream]
      ?.on("data", (chunk: Buffer) => {
        chunks[stream].push(chunk);
        chunks.both.push(chunk);
        lines.push(chunk);
      })
      .on("end", () => {
        lines.end();
      });
  }
  return chunks;
}

/** Waits for a program's end; returns why it failed, undefined when it ended with 0. */
function failure(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.on("error", ({ message }) => {
      resolve(message);
    });
    child.on("close", (code, signal) => {
      if (signal !== null) resolve(`signal: ${signal}`);
      else resolve(code === 0 ? undefined : `exit status ${code}`);
    });
  });
}

/** Ends a program's group, by SIGKILL when SIGTERM does not; returns the timer of the second. */
function stopGroup(child: ChildProcess): NodeJS.Timeout {
  killGroup(child.pid, "SIGTERM");
  return setTimeout(() => {
    killGroup(child.pid, "SIGKILL");
    // A process that has left the group may hold these as long as it lives, and the engine waits for an answer.
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, GRACE);
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has already ended.
  }
}

function text(chunks: readonly Buffer[]): string {
  const whole = Buffer.concat(chunks).toString("utf8");
  return whole.endsWith("\n") ? whole.slice(0, -1) : whole;
}

function tail(chunks: readonly Buffer[]): string {
  const whole = Buffer.concat(chunks);
  if (whole.length <= SHOWN) return whole.toString("utf8");
  const end = whole.subarray(whole.length - SHOWN).toString("utf8");
  return `… (${whole.length - SHOWN} bytes before this are left out)\n${end.slice(end.indexOf("\n") + 1)}`;
}
