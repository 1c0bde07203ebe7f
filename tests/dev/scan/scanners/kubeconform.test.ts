import { expect, test } from "vitest";
import { findings } from "../../../../dev/scan/scanners/kubeconform.ts";

test("an object that is not valid fails", () => {
  const resources = ["statusValid", "statusInvalid", "statusError", "statusSkipped"].map(
    (status, i) => ({ filename: `/tmp/Service ${i}.yaml`, status, msg: i === 0 ? "" : "why" }),
  );
  expect(findings({ resources })).toEqual([
    { object: "Service 0", rule: "schema", passed: true },
    ...[1, 2, 3].map((i) => ({
      object: `Service ${i}`,
      rule: "schema",
      passed: false,
      detail: "why",
    })),
  ]);
});
