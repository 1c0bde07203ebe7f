import { describe, expect, it } from "vitest";
import type { Verdict } from "../../../dev/scan/applyIgnores.ts";
import type { Manifest } from "../../../dev/scan/manifest.ts";
import { markdown } from "../../../dev/scan/page.ts";

const SCANNERS = [
  { name: "one", what: "the first" },
  { name: "two", what: "the second" },
];

function object(kind: string, name: string): Manifest {
  return { apiVersion: "v1", kind, metadata: { name } };
}

function verdict(of: string, scanner: string, rule: string, passed = false): Verdict {
  return { object: of, scanner, rule, passed };
}

describe("markdown", () => {
  const page = markdown(
    SCANNERS,
    {
      objects: [object("Deployment", "web"), object("Service", "web")],
      verdicts: [
        verdict("Deployment web", "one", "a", true),
        { ...verdict("Deployment web", "one", "b"), ignored: "So it has to be." },
        verdict("Deployment web", "two", "c", true),
        verdict("Service web", "two", "c", true),
      ],
    },
    {
      objects: [object("Deployment", "web"), object("Deployment", "app")],
      verdicts: [
        verdict("Deployment web", "two", "c"),
        verdict("Deployment web", "one", "a"),
        verdict("Deployment app", "one", "a"),
      ],
    },
    [{ objects: ["Deployment web"], rules: { one: "b" }, reason: "So it has to be." }],
  );

  it("counts failures, what passed and what is ignored, by object and scanner", () => {
    expect(page).toContain(`
| ours | one | two |
| --- | --- | --- |
| Deployment web | 0 / 1 / 1 | 0 / 1 / 0 |
| Service web |  | 0 / 1 / 0 |
| **all** | 0 / 1 / 1 | 0 / 2 / 0 |
`);
    expect(page).toContain(`
| the first kubeFlower's | one | two |
| --- | --- | --- |
| Deployment web | 1 / 0 / 0 | 1 / 0 / 0 |
| Deployment app | 1 / 0 / 0 |  |
| **all** | 2 / 0 / 0 | 1 / 0 / 0 |
`);
  });

  it("gives each ignore with its reason, and each failure of the seed with its objects", () => {
    expect(page).toContain("\n| Deployment web | one: b | So it has to be. |\n");
    expect(page).toContain(`
| one | a | Deployment app<br>Deployment web |
| two | c | Deployment web |
`);
  });

  it("says what each scanner is", () => {
    expect(page).toContain("\n- **one**: the first.\n- **two**: the second.\n");
  });
});
