import { execFile } from "node:child_process";
import { basename } from "node:path";

/** Time that a scanner has, in seconds. */
const SECONDS = 120;

/** Runs a scanner and returns the JSON that it prints, whatever its exit code: scanners exit with 1 when they find something. */
export function runScanner<T>(program: string, args: readonly string[], input = ""): Promise<T> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 1 << 28, timeout: SECONDS * 1000 };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout) as T);
      } catch {
        const why = error?.code ?? `was stopped after ${SECONDS} s`;
        reject(new Error(`${program} printed no JSON (${why})\n${stderr.trim().slice(-2000)}`));
      }
    });
    // A program that ends before it has read its input breaks the pipe; its exit code tells the rest.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

/** Title of the object in a file. */
export function objectIn(file: string): string {
  return basename(file, ".yaml");
}
