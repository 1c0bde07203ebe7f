import { readFileSync, readdirSync } from "node:fs";

import { defineConfig } from "vitest/config";

import { LongestFirst } from "./tests/e2e/support/longestFirst.ts";
import { SecondsPerFile } from "./tests/support/secondsPerFile.ts";

/** Marks of test files that need a process of their own: they replace modules, globals or the environment. */
const LEAVES_TRACES =
  /\bvi\.(mock|doMock|resetModules|stubEnv|stubGlobal|spyOn|useFakeTimers)\b|\bprocess\.(chdir|umask)\b|process\.env(\.\w+|\[.+\]) = /;

const tests = readdirSync("tests", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts") && !file.startsWith("e2e/"))
  .map((file) => `tests/${file}`);
const alone = tests.filter((file) => LEAVES_TRACES.test(readFileSync(file, "utf8")));

/** Unit tests of these files. Without isolation those of a worker load the Pulumi SDK once. */
function unit(name: string, files: string[], isolate: boolean) {
  return { test: { name, include: files, isolate, testTimeout: 20_000 } };
}

// Two tiers: `vitest run --project 'unit*'` needs nothing but Node.js and ends within a minute;
// `vitest run --project e2e` needs a cluster.
export default defineConfig({
  test: {
    reporters: ["default", new SecondsPerFile()],
    sequence: { sequencer: LongestFirst },
    projects: [
      unit(
        "unit",
        tests.filter((file) => !alone.includes(file)),
        false,
      ),
      unit("unit-isolated", alone, true),
      {
        test: {
          // Needs a browser: `npm run test:page`, after `apt-get install chromium`.
          name: "page",
          include: ["tests/cli/page/**/*.browser.ts"],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          globalSetup: ["tests/e2e/support/globalSetup.ts"],
          // Most of the time a test waits for a pod or a plug-in to start.
          maxWorkers: 3,
          // Never beside the unit tests.
          sequence: { groupOrder: 1 },
          // One chance in a thousand a test loses every fourth run of 300. The end names those that needed it.
          retry: 1,
          testTimeout: 600_000,
          hookTimeout: 45 * 60_000,
        },
      },
    ],
  },
});
