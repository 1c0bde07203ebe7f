import { execFile } from "node:child_process";
import { basename } from "node:path";

const SECONDS = 120;

/** Runs a scanner and returns the JSON that it prints; one that found something ends with another code than 0. */
export function report<T>(program: string, args: readonly string[], input = ""): Promise<T> {
  return new Promise((done, failed) => {
    const options = { maxBuffer: 1 << 28, timeout: SECONDS * 1000 };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      try {
        done(JSON.parse(stdout) as T);
      } catch {
        const why = error?.code ?? `was stopped after ${SECONDS} s`;
        failed(new Error(`${program} printed no JSON (${why})\n${stderr.trim().slice(-2000)}`));
      }
    });
    child.stdin?.on("error", () => undefined); // a program that ended before it read its input says so by its exit
    child.stdin?.end(input);
  });
}

/** The title of the object that is in this file. */
export function objectIn(file: string): string {
  return basename(file, ".yaml");
}
