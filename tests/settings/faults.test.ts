import { describe, expect, it } from "vitest";
import { faultMessage, orList } from "../../settings/faults.ts";

describe("the words", () => {
  it.each([
    [["a"], "a"],
    [["a", "b"], "a or b"],
    [["a", "b", "c"], "a, b or c"],
    [[], ""],
  ])("list %j as '%s'", (names, text) => {
    expect(orList(names)).toBe(text);
  });

  it("give every fault a line", () => {
    const fault = { key: "a", wrong: "a is 1", allowed: "it must be 2", remedy: "set it" };
    expect(faultMessage([fault])).toBe("1 setting is wrong:\n  a is 1 — it must be 2 — set it");
    expect(faultMessage([fault, fault]).split("\n")[0]).toBe("2 settings are wrong:");
  });
});
