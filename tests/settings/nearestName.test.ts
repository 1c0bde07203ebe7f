import { expect, it } from "vitest";
import { nearestName } from "../../settings/nearestName.ts";

const KNOWN = ["rounds", "replicas", "roundTimeout", "runConfig", "min"];

it.each([
  ["round", "rounds"],
  ["Rounds", "rounds"],
  ["runconfig", "runConfig"],
  ["replica", "replicas"],
  ["roundTimout", "roundTimeout"],
  ["mini", "min"],
])("takes %s for a slip of %s", (name, nearest) => {
  expect(nearestName(name, KNOWN)).toBe(nearest);
});

it.each(["banana", "x", ""])("finds nothing like '%s'", (name) => {
  expect(nearestName(name, KNOWN)).toBeUndefined();
});

it("finds nothing among nothing", () => {
  expect(nearestName("rounds", [])).toBeUndefined();
});
