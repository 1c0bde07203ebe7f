import { expect, test } from "vitest";

import type { Measured } from "../../bench/measured.ts";
import { median, page } from "../../bench/table.ts";

const one: Measured = {
  arm: "kubeflower",
  workload: "floor, 2 clients",
  rounds: { first: 0.02, seconds: [0.003, 0.004, 0.008], cpu: 0.01, wire: 1.06 },
  peak: { server: 82e6, client: 78e6 },
  load: 0.5,
};

/** The table rows whose first cell is that. */
function rows(text: string, first: string): string[] {
  return text.split("\n").filter((line) => line.startsWith(`| ${first} |`));
}

test("all runs of a workload by an engine are one row of medians and ranges", () => {
  const other = {
    ...one,
    rounds: { first: 0.04, seconds: [0.005] },
    peak: { server: 90e6 },
    load: 1.25,
  };
  const between: Measured = { ...one, workload: "47 MB, 2 clients" };
  const text = page([one, { ...one, arm: "start_server" }, between, other]);
  expect(rows(text, "floor, 2 clients")).toEqual([
    "| floor, 2 clients | kubeFlower | 2 | 4.5 (3.0–8.0) | 30.0 | 10.0 | 90 MB | 78 MB | 1.06 | 0.5–1.3 |",
    "| floor, 2 clients | start_server | 1 | 4.0 (3.0–8.0) | 20.0 | 10.0 | 82 MB | 78 MB | 1.06 | 0.5–0.5 |",
  ]);
});

test("what an arm cannot tell is a dash", () => {
  const rounds = { first: 1, seconds: [2] };
  const text = page([{ ...one, arm: "cluster", rounds, peak: {} }]);
  expect(rows(text, "floor, 2 clients")).toEqual([
    "| floor, 2 clients | kubeFlower on the cluster | 1 | 2000.0 (2000.0–2000.0) | 1000.0 | – | – | – | – | 0.5–0.5 |",
  ]);
});

test("killed clients, pods and the image have tables of their own", () => {
  const sample = { workload: "killed client", peak: {}, load: 2 } as const;
  const killed: Measured = { ...sample, arm: "SuperLink", noticed: 53.333 };
  const client = { anonymous: 40e6, workingSet: 50e6 };
  const pods: Measured = {
    ...one,
    arm: "cluster",
    workload: "100 clients",
    upToRound: 61.26,
    pods: { count: 100, ready: 60.4, client, total: 5.1e9 },
  };
  const text = page([killed, pods], { compressed: 250e6, unpacked: 750e6 });
  expect(rows(text, "SuperLink")).toEqual(["| SuperLink | 53.33 | 2.0–2.0 |"]);
  expect(rows(text, "100 clients").at(-1)).toBe(
    "| 100 clients | 100 | 60 | 61.3 | 40 MB | 50 MB | 5100 MB |",
  );
  expect(text).toContain("The image: 250 MB in the registry, 750 MB unpacked.");
});

test("the median of an even count is between the middle two, of none nothing", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([])).toBeNaN();
});
