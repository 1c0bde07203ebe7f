import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigValues, faultMessage, orList } from "../../components/configValues.ts";

const RANGE = { least: 1, most: 100, example: 5 };

describe("ConfigValues", () => {
  it("takes exactly the whole numbers of the range, written the usual way", () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 200 }), (number) => {
        const values = new ConfigValues({ n: String(number) }, "s");
        const legal = number >= 1 && number <= 100;
        expect(values.integer("n", RANGE)).toBe(legal ? number : undefined);
        expect(values.faults).toHaveLength(legal ? 0 : 1);
      }),
    );
  });

  it.each(["", " 5", "5 ", "+5", "05", "5.0", "5e0", "0x5", "five", "٥"])(
    "takes '%s' for no number",
    (text) => {
      const values = new ConfigValues({ n: text }, "s");
      expect(values.integer("n", RANGE)).toBeUndefined();
      expect(values.faults.map((f) => f.wrong)).toEqual([`n is "${text}"`]);
    },
  );

  it("takes another value for an optional number that is not set", () => {
    const values = new ConfigValues({ n: "" }, "s");
    expect(values.optionalInteger("n", RANGE, 7)).toBe(7);
    expect(values.optionalInteger("m", RANGE, undefined)).toBeUndefined();
    expect(values.faults).toEqual([]);
  });

  it.each(["[]", "null", "1", "{", "text"])("takes %s for no object", (text) => {
    const values = new ConfigValues({ o: text }, "s");
    expect(values.object("o", ["o.k", "v"])).toBeUndefined();
    expect(values.faults).toEqual([
      {
        wrong: `o is "${text}"`,
        allowed: "it must be an object of keys and values",
        remedy: "pulumi config rm o -s s; pulumi config set --path 'o.k' v -s s",
      },
    ]);
  });

  it("refuses what nobody asked for, and nothing else", () => {
    const values = new ConfigValues({ asked: "1", askde: "2" }, "s");
    values.optional("asked");
    values.refuseUnknown();
    expect(values.faults.map((f) => `${f.wrong} ${f.allowed}`)).toEqual([
      "askde is no setting did you mean asked?",
    ]);
  });
});

describe("the words", () => {
  it.each([
    [["a"], "a"],
    [["a", "b"], "a or b"],
    [["a", "b", "c"], "a, b or c"],
    [[], ""],
  ])("lists %j as '%s'", (names, text) => {
    expect(orList(names)).toBe(text);
  });

  it("gives every fault a line", () => {
    const fault = { wrong: "a is 1", allowed: "it must be 2", remedy: "set it" };
    expect(faultMessage([fault])).toBe("1 setting is wrong:\n  a is 1 — it must be 2 — set it");
    expect(faultMessage([fault, fault]).split("\n")[0]).toBe("2 settings are wrong:");
  });
});
