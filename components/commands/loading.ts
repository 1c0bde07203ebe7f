import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { stripVTControlCharacters } from "node:util";
import { DockerApi } from "../../docker/dockerApi.ts";

const MINUTE = 60_000;
/** Longest line in characters: Pulumi hangs for ever on one of more than 64 KiB. */
const LONGEST_LINE = 4000;

/** A program that loads images, and how it is run. */
export interface Tool {
  readonly program: string;
  readonly args: readonly string[];
  /** Arguments as they may be shown. @default all */
  readonly shown?: readonly string[];
  /** Minutes that it may take. */
  readonly minutes: number;
  /** Whether its lines are printed. */
  readonly live: boolean;
  /** Variables beside this process'. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Input. @default none */
  readonly input?: Readable;
  /** Sentence for a program that is not there. */
  readonly missing: string;
  /** Command that tells more when it does not end. */
  readonly more: string;
  /** Takes a line of its error from all it has said. @default the last line */
  readonly cause?: (said: string) => string | undefined;
}

/** End of a program: its exit code, or the signal that ended it, and all that it has said. */
export interface Ended {
  readonly code: number | string;
  readonly said: string;
}

/** The text without colours, and names and passwords in addresses, and no longer than a line may be. */
function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\/\/[^\s/@]+@/g, "//…@")
    .slice(0, LONGEST_LINE);
}

/** Ends this program with a sentence. */
export function fail(sentence: string): never {
  console.error(printable(sentence));
  process.exit(1);
}

/** Runs a program to its end, whatever that is; ends this one when it is not there or takes too long. */
export async function ended(tool: Tool): Promise<Ended> {
  const { program, args } = tool;
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...tool.env },
    timeout: tool.minutes * MINUTE,
  });
  // The program may stop reading at the end of an archive; its exit code counts.
  child.stdin.on("error", () => undefined);
  if (tool.input === undefined) child.stdin.end();
  else void pipeline(tool.input, child.stdin).catch(() => undefined);
  let said = "";
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on("line", (line) => {
      said += `${line}\n`;
      if (tool.live && line.trim() !== "") console.log(printable(line));
    });
  }
  const [code, signal] = (await once(child, "close").catch(() => fail(tool.missing))) as [
    number | null,
    NodeJS.Signals | null,
  ];
  if (child.killed) {
    fail(
      `\`${command(tool)}\` took longer than ${String(tool.minutes)} minutes — see ${tool.more}`,
    );
  }
  return { code: code ?? String(signal), said };
}

/** Runs a program and gives what it said; ends this one unless it exits with 0. */
export async function run(tool: Tool): Promise<string> {
  const { code, said } = await ended(tool);
  if (code !== 0) {
    const cause = tool.cause?.(said) ?? said.trim().split("\n").at(-1) ?? "";
    fail(`\`${command(tool)}\` ended with ${String(code)}: ${cause.slice(0, 500)}`);
  }
  return said;
}

function command({ program, args, shown = args }: Tool): string {
  return `${program} ${shown.join(" ")}`;
}

/** Says how long it has taken so far while it runs: a loading program may say nothing for minutes. */
export async function saying<T>(what: string, every: number, work: Promise<T>): Promise<T> {
  const begun = Date.now();
  const timer = setInterval(() => {
    console.log(`${what}: ${String(Math.round((Date.now() - begun) / 1000))} s so far`);
  }, every * 1000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

/** The image with its size, if this machine's Docker knows it. */
export async function sized(image: string): Promise<string> {
  try {
    const docker = await DockerApi.connect({});
    const signal = AbortSignal.timeout(5000);
    const { Size } = (await docker.json(`/images/${image}/json`, { signal })) as { Size: number };
    return `${image} (${String(Math.round(Size / 1e6))} MB)`;
  } catch {
    return image;
  }
}
