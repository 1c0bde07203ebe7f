import { expect, test } from "vitest";

import {
  differences,
  holdsSecret,
  holdsUnknown,
  reveal,
  secret,
  unknown,
} from "../../../../local/plugins/wire/properties.ts";

test("every changed place is named, nested ones by their path", () => {
  const changes = differences(
    { create: "a", environment: { A: "1", B: "2" }, triggers: ["x", "y"], stdin: "in" },
    { create: "a", environment: { A: "1", B: "3", "c-d": "4" }, triggers: ["x"], dir: "/" },
  );
  expect(Object.fromEntries(changes)).toEqual({
    "environment.B": "update",
    'environment["c-d"]': "add",
    "triggers[1]": "delete",
    stdin: "delete",
    dir: "add",
  });
});

test("what is null and what is left out are the same, and so are a secret and its plain value", () => {
  const changes = differences({ a: null, b: secret("x") }, { b: "x", c: null });
  expect([...changes]).toEqual([]);
});

test("what is not known yet counts as changed", () => {
  expect([...differences({ a: unknown }, { a: unknown })]).toEqual([["a", "update"]]);
});

test("secrets and unknowns are found anywhere, and secrets laid open everywhere", () => {
  const value = { list: [{ deep: secret({ inner: secret("hush") }) }] };
  expect(holdsSecret(value)).toBe(true);
  expect(holdsSecret({ list: ["hush"] })).toBe(false);
  expect(holdsUnknown({ list: [{ a: secret(unknown) }] })).toBe(true);
  expect(reveal(value)).toEqual({ list: [{ deep: { inner: "hush" } }] });
});
