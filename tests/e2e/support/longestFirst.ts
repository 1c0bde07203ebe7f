import { relative } from "node:path";

import { BaseSequencer, type TestSpecification } from "vitest/node";

const FOLDER = "tests/e2e";

/** Seconds that each file of `tests/e2e` takes; files that are missing are quick. */
const SECONDS: Readonly<Record<string, number>> = {
  why: 380,
  federation: 290,
  minikube: 240,
  "kept/pods": 240,
  "kept/run": 230,
  "faults/server": 220,
  "faults/clients": 200,
  "faults/apps": 200,
  "faults/node": 200,
  "kept/place": 170,
  apps: 160,
  "kept/unfinished": 130,
  certificate: 80,
  policy: 70,
  "kept/loss": 70,
  localNodes: 60,
  destroy: 60,
  strangers: 50,
  badConfig: 50,
  cluster: 30,
  scan: 20,
  guard: 20,
  interrupted: 10,
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
