import { expect, it } from "vitest";
import { token } from "../../../policy/rules/token.ts";
import { deployment, refusals } from "../support/refusals.ts";

it("accepts a pod without the default token, also with a projected one", async () => {
  const good = deployment({
    automountServiceAccountToken: false,
    volumes: [
      {
        name: "token",
        projected: { sources: [{ serviceAccountToken: { path: "token", audience: "us" } }] },
      },
    ],
  });
  expect(await refusals(token, good)).toEqual([]);
});

it.each([
  [true, "true"],
  [undefined, "not set"],
])("refuses automountServiceAccountToken: %s", async (automountServiceAccountToken, value) => {
  expect(await refusals(token, deployment({ automountServiceAccountToken }))).toEqual([
    `automountServiceAccountToken is ${value} — allowed: false — set it to false, and project a token with an audience and an expiry into the pod that needs one`,
  ]);
});
