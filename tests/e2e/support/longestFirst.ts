import { relative } from "node:path";

import { BaseSequencer, type TestSpecification } from "vitest/node";

const FOLDER = "tests/e2e";

/** Seconds that each file of `tests/e2e` takes; files that are missing are quick. */
const SECONDS: Readonly<Record<string, number>> = {
  "faults/clients": 300,
  "faults/server": 240,
  federation: 240,
  failures: 200,
  "faults/node": 200,
  "kept/run": 150,
  "kept/pods": 140,
  minikube: 130,
  apps: 130,
  "kept/place": 110,
  "kept/unfinished": 90,
  certificate: 80,
  strangers: 70,
  "kept/loss": 70,
  destroy: 70,
  badConfig: 60,
  policy: 60,
  cluster: 30,
  guard: 30,
  scan: 20,
  interrupted: 10,
  upgrade: 10,
};

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
