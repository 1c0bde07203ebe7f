import { expect, test } from "vitest";
import { findings } from "../../../../dev/scan/scanners/checkov.ts";

test("a finding on a workload's pods counts for the workload", () => {
  const check = (id: string) => ({
    check_id: id,
    check_name: "Limits",
    file_path: "/Deployment web.yaml",
  });
  const results = { passed_checks: [check("CKV_1")], failed_checks: [check("CKV2_6")] };
  expect(findings({ results })).toEqual([
    { object: "Deployment web", rule: "CKV_1 Limits", passed: true },
    { object: "Deployment web", rule: "CKV2_6 Limits", passed: false },
  ]);
});
