import { relative } from "node:path";

import { BaseSequencer, type TestSpecification } from "vitest/node";

const FOLDER = "tests/e2e";

/** Seconds that files of `tests/e2e` take; those that are missing here are quick. */
const SECONDS: Readonly<Record<string, number>> = {};

/** Starts the longest end-to-end tests first, so that no long one is left alone at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => seconds(b) - seconds(a));
  }
}

function seconds({ moduleId }: TestSpecification): number {
  const file = relative(FOLDER, moduleId).replace(/\.test\.ts$/, "");
  return SECONDS[file] ?? 0;
}
