import { expect, test } from "vitest";

import { quotaRemedy } from "../../../cli/diagnosis/quotaRemedy.ts";

const remedy = (message: string, missing = 1): string | undefined =>
  quotaRemedy({ namespace: "lab", role: "client", missing, message });

test("a quota is raised to what all missing pods need, for what it lacks only", () => {
  const message =
    "exceeded quota: small, requested: memory=768Mi,pods=1,cpu=250m, used: memory=1Gi,pods=2,cpu=250m, limited: memory=1Gi,pods=9,cpu=400m";
  expect(remedy(message, 2)).toBe(
    'raise it: kubectl -n lab patch resourcequota small --type merge -p \'{"spec":{"hard":{"memory":"2560Mi","cpu":"750m"}}}\'',
  );
});

test("a quota that asks for a CPU limit gets one", () => {
  expect(remedy("failed quota: small: must specify limits.cpu for: client")).toBe(
    "pulumi config set --path clientResources.cpuLimit 2",
  );
});

test("other words have no remedy here", () => {
  expect(remedy("failed quota: small: must specify limits.fpga for: client")).toBeUndefined();
  expect(remedy("unable to get quota")).toBeUndefined();
});
