import { expect, test } from "vitest";

import type { Job } from "../../bench/measured.ts";
import { chosen, PLAN } from "../../bench/plan.ts";

const names = (jobs: readonly Job[]): string[] => [
  ...new Set(jobs.map(({ workload, arm }) => `${workload}: ${arm}`)),
];

test("without options all jobs run", () => {
  expect(chosen(PLAN, undefined, undefined)).toEqual(PLAN);
});

test("words choose workloads and names arms", () => {
  expect(names(chosen(PLAN, ["47 MB", "killed"], undefined))).toEqual([
    "47 MB, 2 clients: kubeflower",
    "47 MB, 2 clients: start_server",
    "47 MB, 2 clients: secured",
    "killed client: kubeflower",
    "killed client: start_server",
    "killed client: SuperLink",
    "47 MB, 2 clients: cluster",
    "killed client: cluster",
  ]);
  expect(names(chosen(PLAN, ["47 MB"], ["cluster"]))).toEqual(["47 MB, 2 clients: cluster"]);
});

test("once the cluster has come up, every workload of it is beside the same as bare processes", () => {
  const first = PLAN.findIndex(({ arm }) => arm === "cluster");
  expect(PLAN.slice(0, first).map(({ arm }) => arm)).not.toContain("cluster");
  expect(names(PLAN.slice(first - 1)).slice(0, 2)).toEqual([
    "floor, 2 clients, cluster up: kubeflower",
    "floor, 2 clients, cluster up: cluster",
  ]);
});
