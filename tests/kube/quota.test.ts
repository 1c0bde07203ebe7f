import { expect, test } from "vitest";

import { quotaCommand } from "../../kube/quota.ts";

test("a quota is raised for as many objects as are missing, in what it lacks only", () => {
  const words =
    "exceeded quota: small, requested: cpu=250m,count/secrets=1, used: cpu=1,count/secrets=2, limited: cpu=1500m,count/secrets=3";
  expect(quotaCommand("lab", words, 2)).toBe(
    'kubectl -n lab patch resourcequota small --type merge -p \'{"spec":{"hard":{"count/secrets":"4"}}}\'',
  );
});

test("words of something else give no command", () => {
  expect(quotaCommand("lab", "failed quota: small: must specify limits.cpu", 1)).toBeUndefined();
});
