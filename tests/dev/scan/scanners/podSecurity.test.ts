import { expect, test } from "vitest";
import { findings } from "../../../../dev/scan/scanners/podSecurity.ts";

test("the results of each pod are its workload's, by the reason that forbids it", () => {
  const allowed = { Allowed: true, ForbiddenReason: "", ForbiddenDetail: "" };
  const forbidden = { Allowed: false, ForbiddenReason: "seccompProfile", ForbiddenDetail: "why" };
  expect(findings(["Deployment a", "Deployment b"], [[allowed], [allowed, forbidden]])).toEqual([
    { object: "Deployment a", rule: "", passed: true },
    { object: "Deployment b", rule: "", passed: true },
    { object: "Deployment b", rule: "seccompProfile", passed: false, detail: "why" },
  ]);
});
