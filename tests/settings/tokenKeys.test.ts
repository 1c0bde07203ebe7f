import { expect, test } from "vitest";

import { readSettings } from "../../settings/read.ts";
import { projectDefaults } from "../support/stackConfig.ts";

const key = (kid: string): object => ({ kid, kty: "EC", crv: "P-256", x: "x", y: "y" });

function jwks(text: string): string | undefined {
  return readSettings({ ...projectDefaults(), jwks: text }, "dev").jwks;
}

// tests/support/badConfigs.ts has the texts that are refused.
test("jwks are public keys in the order of their ids, as they are read from a cluster", () => {
  const text = JSON.stringify({ keys: [key("a"), key("b")] });
  expect(jwks(text)).toBe(text);
  expect(jwks(` ${JSON.stringify({ keys: [key("b"), key("a")], more: 1 }, null, 2)}\n`)).toBe(text);
  expect(jwks("")).toBeUndefined();
});
