import { relative } from "node:path";

import type { Reporter, TestModule } from "vitest/node";

/** Files that take less are counted together. */
const SHORT = 1;

/** Prints the seconds of each test file at the end of a run, slowest first, and the tests that passed at their second try only. */
export class SecondsPerFile implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.map(row).sort((a, b) => b.seconds - a.seconds);
    const shown = rows.filter(({ seconds }) => seconds >= SHORT);
    const rest = rows.slice(shown.length);
    const lines = [
      "",
      "seconds  of which hooks  tests  file",
      ...shown.map(({ seconds, hooks, tests, file }) => line(seconds, hooks, tests, file)),
    ];
    if (rest.length > 0) {
      const sum = (key: "seconds" | "hooks" | "tests"): number =>
        rest.reduce((total, one) => total + one[key], 0);
      const files = `${String(rest.length)} files of less than ${String(SHORT)} s each`;
      lines.push(line(sum("seconds"), sum("hooks"), sum("tests"), files));
    }
    process.stdout.write(`${[...lines, ...flaky(modules)].join("\n")}\n`);
  }
}

/** Names the tests that failed first and passed then: each is a fault to mend, of a test or of the product. */
function flaky(modules: readonly TestModule[]): string[] {
  const names = modules.flatMap((module) =>
    [...module.children.allTests()]
      .filter((test) => test.diagnostic()?.flaky)
      .map((test) => {
        const why = (test.result().errors ?? []).map(({ message }) => `\n    ${message}`);
        return `  ${relative(process.cwd(), module.moduleId)} > ${test.fullName}${why.join("")}`;
      }),
  );
  return names.length === 0 ? [] : ["", "passed at the second try only — mend these:", ...names];
}

interface Row {
  readonly file: string;
  /** Imports, tests and hooks. */
  readonly seconds: number;
  /** Time outside of the tests: imports and the hooks around them. */
  readonly hooks: number;
  readonly tests: number;
}

function row(module: TestModule): Row {
  const { collectDuration, duration } = module.diagnostic();
  const tests = [...module.children.allTests()];
  const inTests = tests.reduce((sum, test) => sum + (test.diagnostic()?.duration ?? 0), 0);
  const all = collectDuration + duration;
  return {
    file: relative(process.cwd(), module.moduleId),
    seconds: all / 1000,
    // Tests that run at the same time take more together than the file.
    hooks: Math.max(0, all - inTests) / 1000,
    tests: tests.length,
  };
}

function line(seconds: number, hooks: number, tests: number, file: string): string {
  const cells = [seconds.toFixed(1).padStart(7), hooks.toFixed(1).padStart(14)];
  return `${[...cells, String(tests).padStart(5)].join("  ")}  ${file}`;
}
