import { defineConfig } from "vitest/config";

import { LongestFirst } from "./tests/e2e/support/longestFirst.ts";
import { SecondsPerFile } from "./tests/support/secondsPerFile.ts";

// Two kinds of tests: `vitest run --project unit` needs nothing but Node.js and ends within a
// minute; `vitest run --project e2e` needs a cluster.
export default defineConfig({
  test: {
    reporters: ["default", new SecondsPerFile()],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/e2e/**"],
          testTimeout: 20_000,
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
          testTimeout: 600_000,
          hookTimeout: 45 * 60_000,
        },
      },
    ],
  },
});
