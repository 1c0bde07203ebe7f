import { expect, test } from "vitest";

import { table, type Measured } from "../../bench/table.ts";

const one: Measured = {
  arm: "kubeflower",
  workload: "floor, 2 clients",
  first: 0.02,
  seconds: [0.003, 0.004, 0.008],
  total: 1,
  cpu: 0.04,
  peak: { server: 82e6, client: 78e6 },
  load: 0.5,
};

test("all runs of a workload by an engine are one row of medians and ranges", () => {
  const other = { ...one, seconds: [0.005], cpu: 0.03, peak: { server: 90e6 }, load: 1.25 };
  const rows = table([one, { ...one, arm: "start_server" }, other])
    .split("\n")
    .slice(-3, -1);
  expect(rows).toEqual([
    "| floor, 2 clients | kubeflower | 2 | 4.5 (3.0–8.0) | 20.0 | 12.5 | 90 MB | 78 MB | 0.5–1.3 |",
    "| floor, 2 clients | start_server | 1 | 4.0 (3.0–8.0) | 20.0 | 10.0 | 82 MB | 78 MB | 0.5–0.5 |",
  ]);
});
