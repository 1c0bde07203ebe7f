import { expect, test } from "vitest";
import { findings } from "../../../../dev/scan/scanners/checkov.ts";

test("what is said of a workload's pods is said of the workload", () => {
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
