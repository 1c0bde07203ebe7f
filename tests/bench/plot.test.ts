import { expect, test } from "vitest";

import type { Measured } from "../../bench/measured.ts";
import { plot } from "../../bench/plot.ts";

const run = (workload: string, arm: Measured["arm"], seconds: number[]): Measured => ({
  workload,
  arm,
  rounds: { first: 1, seconds },
  peak: {},
  load: 0,
});

/** Labels of the plot's marks of one kind. */
function marks(svg: string, kind: string): string[] {
  const all = svg.matchAll(/aria-label="([^"]*)"[^>]*aria-roledescription="([^"]*)"/g);
  return [...all].filter(([, , role]) => role === kind).map(([, label = ""]) => label);
}

test("each workload has a point at the median of each arm, on a log scale", async () => {
  const svg = await plot([
    run("floor", "kubeflower", [0.002, 0.004]),
    run("floor", "kubeflower", [0.003]),
    run("floor", "SuperLink", [12]),
    { workload: "killed", arm: "cluster", noticed: 1, peak: {}, load: 0 },
  ]);
  expect(svg.startsWith("<svg ")).toBe(true);
  const points = marks(svg, "point");
  expect(points).toHaveLength(2);
  expect(points[0]).toContain("0.003");
  expect(points[0]).toContain("kubeFlower");
  expect(points[1]).toContain("12");
  expect(svg).toContain("SuperLink");
  expect(svg).not.toContain("killed");
});
