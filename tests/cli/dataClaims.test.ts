import { expect, test } from "vitest";

import { dataClaimLines } from "../../cli/dataClaims.ts";
import type { Claim } from "../../cli/diagnosis/objects.ts";

const CLIENT = { app: "flower-client" };

function claim(name: string, labels?: Record<string, string>, storage?: string): Claim {
  const status = storage === undefined ? {} : { phase: "Bound", capacity: { storage } };
  return { metadata: { name, ...(labels === undefined ? {} : { labels }) }, spec: {}, status };
}

const CLAIMS = [
  claim("flower-server", { app: "flower-server" }, "1Gi"),
  claim("flower-data-0a1b2c3d", CLIENT, "1Mi"),
  claim("data-flower-client-0", CLIENT, "10Gi"),
  claim("data-flower-client-1", CLIENT),
  claim("theirs", undefined, "5Gi"),
];

test("a destroy says which claims go with the stack's namespace, also those of others", () => {
  expect(dataClaimLines(CLAIMS, "lab", true)).toEqual([
    "these claims go with namespace lab, and the files in them:",
    "  data-flower-client-0 (10Gi)",
    "  data-flower-client-1",
    "  theirs (5Gi)",
  ]);
});

test("a destroy says which claims it leaves in a namespace that stays", () => {
  expect(dataClaimLines(CLAIMS, "lab", false)).toEqual([
    "these claims of clients stay in namespace lab with their files, for a stack that has such data again:",
    "  data-flower-client-0 (10Gi)",
    "  data-flower-client-1",
    "when nobody needs them: kubectl -n lab delete pvc data-flower-client-0 data-flower-client-1",
  ]);
});

test("a destroy says nothing of claims where there are none with data", () => {
  expect(dataClaimLines(CLAIMS.slice(0, 2), "lab", true)).toEqual([]);
  expect(dataClaimLines([claim("theirs")], "lab", false)).toEqual([]);
});
