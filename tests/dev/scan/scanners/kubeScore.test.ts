import { readFileSync } from "node:fs";

import { expect, test } from "vitest";
import { findings, KUBERNETES } from "../../../../dev/scan/scanners/kubeScore.ts";

function check(id: string, grade: number, summaries: string[] | null, skipped = false) {
  const comments = summaries?.map((summary) => ({ summary })) ?? null;
  return { check: { id }, grade, skipped, comments };
}

test("a check fails once for each thing it asks for, whatever its grade; a skipped one says nothing", () => {
  const checks = [
    check("tag", 10, null),
    check("resources", 1, ["no limit", "no request", "no limit"]),
    check("replicas", 5, ["few"]),
    check("probes", 10, ["no readiness needed"]),
    check("ingress", 1, ["none"], true),
  ];
  const of = { object: "Deployment web" };
  expect(findings([{ file_name: "/tmp/Deployment web.yaml", checks }])).toEqual([
    { ...of, rule: "tag", passed: true },
    { ...of, rule: "resources: no limit", passed: false },
    { ...of, rule: "resources: no request", passed: false },
    { ...of, rule: "replicas: few", passed: false },
    { ...of, rule: "probes", passed: true },
  ]);
});

test("a check that fails without a word fails all the same", () => {
  const checks = [check("tag", 1, null)];
  expect(findings([{ file_name: "Service web.yaml", checks }])).toEqual([
    { object: "Service web", rule: "tag", passed: false },
  ]);
});

test("kube-score gets the version of Kubernetes that is built here", () => {
  const pinned = /k8s.io\/kubernetes v(\d+\.\d+)/.exec(
    readFileSync("local/go/kube/go.mod", "utf8"),
  )?.[1];
  expect(KUBERNETES).toBe(`v${pinned}`);
});
