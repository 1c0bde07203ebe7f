import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { go } from "./go.ts";
import { progress } from "./progress.ts";
import { Turns } from "./turns.ts";

/** One program for {@link goBuild}. */
export interface GoProgram {
  /** The program's name for a person, such as "the Pulumi CLI". */
  readonly what: string;
  /** The folder with go.mod. */
  readonly folder: string;
  /** The main package; "." is the folder's own. */
  readonly target: string;
  /** Variables that get a value at link time, by their import path and name. */
  readonly variables: Readonly<Record<string, string>>;
  /** The file to write. */
  readonly output: string;
}

const downloads = new Turns();
const compilations = new Turns();

/**
 * Builds a static program. Several may be built at once: a compilation uses all cores, so compilations take turns, and
 * downloads, which wait for the network, and links, which use one core, run beside them.
 *
 * @param report takes the share that is done, 0 to 1
 */
export async function goBuild(program: GoProgram, report: (share: number) => void): Promise<void> {
  const { what, folder, target, variables, output } = program;
  const packages = await downloads.take(() =>
    progress(`downloading the Go modules of ${what}`, () => neededPackages(folder, target)),
  );
  const main = target === "." ? await moduleName(folder) : target;
  const link = Object.entries(variables).map(([name, value]) => ` -X ${name}=${value}`);
  const args = ["build", "-v", "-ldflags", `-s -w${link.join("")}`, "-o", output, target];
  await compilations.take((release) =>
    progress(`building ${what}`, () => {
      let compiled = 0;
      // `-v` prints each package that is not cached when its compilation starts, the main package last.
      return go(args, folder, (line) => {
        compiled++;
        report(Math.min(compiled / packages, 0.95));
        if (line === main) release();
      });
    }),
  );
}

/** Lists the packages of a program, which downloads their modules; returns how many there are. */
async function neededPackages(folder: string, target: string): Promise<number> {
  return (await go(["list", "-deps", target], folder)).trim().split("\n").length;
}

async function moduleName(folder: string): Promise<string> {
  const text = await readFile(join(folder, "go.mod"), "utf8");
  return /^module (\S+)$/m.exec(text)?.[1] ?? "";
}
