import { relative } from "node:path";

import { BaseSequencer, type TestSpecification } from "vitest/node";

const FOLDER = "tests/e2e";

/** Seconds that each file of `tests/e2e` takes; files that are missing are quick. */
const SECONDS: Readonly<Record<string, number>> = {
  federation: 530,
  why: 450,
  minikube: 350,
  "kept/pods": 330,
  "faults/node": 300,
  "faults/server": 240,
  "faults/apps": 240,
  "faults/clients": 220,
  "kept/run": 190,
  "kept/place": 180,
  apps: 170,
  policy: 150,
  "kept/loss": 140,
  placement: 130,
  destroy: 110,
  results: 110,
  "kept/unfinished": 110,
  verbs: 100,
  strangers: 90,
  environment: 80,
  cluster: 80,
  localNodes: 80,
  data: 70,
  docs: 70,
  certificate: 70,
  guard: 60,
  badConfig: 50,
  scan: 40,
  doctor: 40,
  rights: 30,
  policies: 30,
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
