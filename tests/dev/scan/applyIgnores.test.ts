import { describe, expect, it } from "vitest";
import { IGNORES } from "../../../dev/scan/ignores.ts";
import { applyIgnores, type Verdict } from "../../../dev/scan/applyIgnores.ts";

const FAILED: Verdict = {
  object: "Deployment web",
  scanner: "checkov",
  rule: "CKV_1 limits",
  passed: false,
};
const IGNORE = {
  objects: ["Deployment web"],
  rules: { checkov: "CKV_1 limits" },
  reason: "It is better without.",
};

describe("applyIgnores", () => {
  it("ignores a failure of that object by that rule of that scanner, with the reason", () => {
    expect(applyIgnores([FAILED], [IGNORE])).toEqual({
      verdicts: [{ ...FAILED, ignored: "It is better without." }],
      unused: [],
    });
  });

  it.each([
    ["object", { object: "Deployment other" }],
    ["rule", { rule: "CKV_2 requests" }],
    ["scanner", { scanner: "kube-score" }],
  ])("lets no failure of another %s pass", (_, difference) => {
    const other = { ...FAILED, ...difference };
    expect(applyIgnores([FAILED, other], [IGNORE]).verdicts[1]).toEqual(other);
  });

  it("tells an ignore that ignores nothing, for each of its objects and rules", () => {
    const ignore = {
      objects: ["Deployment web", "Service web"],
      rules: { checkov: "CKV_1 limits", "kube-score": "limits" },
      reason: "",
    };
    const passed = { ...FAILED, object: "Service web", passed: true };
    expect(applyIgnores([FAILED, passed], [ignore]).unused).toEqual(
      [
        'Deployment web: kube-score\'s "limits"',
        'Service web: checkov\'s "CKV_1 limits"',
        'Service web: kube-score\'s "limits"',
      ].map(
        (which) =>
          `${which} is ignored and does not fail — allowed: ignores of what fails — take it out of dev/scan/ignores.ts`,
      ),
    );
  });
});

describe("every ignore", () => {
  it.each(IGNORES.map((ignore) => [Object.values(ignore.rules).join(", "), ignore] as const))(
    "has its reason: %s",
    (_, { objects, reason }) => {
      expect(objects).not.toEqual([]);
      expect(reason).toMatch(/^[A-Z].{40,}\.$/);
    },
  );
});
