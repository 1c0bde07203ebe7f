import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";

/** Names of scripts of package.json, as the arguments of this program. They start in this order. */
const CHECKS = process.argv.slice(2);

const WIDTH = Math.max(...CHECKS.map((name) => name.length));

/** Result of a check. */
interface Ended {
  readonly check: string;
  readonly seconds: number;
  readonly failed: boolean;
}

/** Runs a script of package.json and prints its lines, each with the script's name before it. */
async function run(check: string): Promise<Ended> {
  const started = performance.now();
  const child = spawn("npm", ["run", "--silent", check], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close") as Promise<[number | null]>;
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on("line", (line) => {
      console.log(`${check.padEnd(WIDTH)} | ${line}`);
    });
  }
  const [code] = await ended;
  return { check, seconds: (performance.now() - started) / 1000, failed: code !== 0 };
}

/** Runs all checks, as many at once as there are processors but at least two; slowest first. */
async function runAll(): Promise<Ended[]> {
  const waiting = [...CHECKS];
  const ended: Ended[] = [];
  const work = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      ended.push(await run(check));
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
  return ended.sort((one, other) => other.seconds - one.seconds);
}

const ended = await runAll();
for (const { check, seconds, failed } of ended) {
  console.log(`${seconds.toFixed(1).padStart(6)} s  ${failed ? "FAILED" : "passed"}  ${check}`);
}
if (ended.some(({ failed }) => failed)) {
  process.exitCode = 1;
}
