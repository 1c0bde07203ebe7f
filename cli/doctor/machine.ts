import { execFile } from "node:child_process";

/** Deadline of a program, in seconds. */
const SECONDS = 5;

/** End of a program. */
export interface Ended {
  /** Exit code; -1 when it did not end by its deadline. */
  readonly code: number;
  /** Text that it printed, trimmed. */
  readonly said: string;
}

/** This machine, as a check sees it. */
export interface Machine {
  /** Version of this Node.js, such as `v22.14.0`. */
  readonly node: string;
  /** Settings of the selected stack, by key; null when none is looked at. */
  readonly settings: Readonly<Record<string, unknown>> | null;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** Runs a program without a shell; null when this machine does not have it. */
  run(program: string, ...args: string[]): Promise<Ended | null>;
}

/** Describes the machine that this process runs on. */
export function thisMachine(settings: Machine["settings"]): Machine {
  return {
    node: process.version,
    settings,
    env: process.env,
    platform: process.platform,
    run: (program, ...args) =>
      new Promise((done) => {
        execFile(program, args, { timeout: SECONDS * 1000 }, (error, stdout, stderr) => {
          if (error?.code === "ENOENT") {
            done(null);
            return;
          }
          const status = error === null ? 0 : error.code;
          const code = typeof status === "number" ? status : -1;
          done({ code, said: (stdout.trim() || stderr).trim() });
        });
      }),
  };
}
