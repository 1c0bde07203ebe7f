import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Faults } from "../../settings/faults.ts";
import {
  choice,
  flag,
  integer,
  object,
  optionalChoice,
  type Setting,
} from "../../settings/kinds.ts";

const ROW = { about: "a number" };

/** Reads a text; gives the value and the faults in words. */
function read<T>(row: Setting<T>, text: string, given?: { fallback: unknown }) {
  const faults = new Faults("s");
  const { fallback } = given ?? { fallback: row.default };
  const value = row.read(text, { key: "n", fallback, faults });
  return {
    value,
    faults: faults.found.map(({ wrong, allowed, remedy }) => [wrong, allowed, remedy]),
  };
}

describe("integer", () => {
  const row = integer({ ...ROW, default: 5, least: 1, most: 100 });

  it("takes exactly the whole numbers of the range, written the usual way", () => {
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 200 }), (number) => {
        const legal = number >= 1 && number <= 100;
        const { value, faults } = read(row, String(number));
        expect(value).toBe(legal ? number : undefined);
        expect(faults).toHaveLength(legal ? 0 : 1);
      }),
    );
  });

  it.each(["", " 5", "5 ", "+5", "05", "5.0", "5e0", "0x5", "five", "٥"])(
    "takes '%s' for no number",
    (text) => {
      expect(read(row, text)).toEqual({
        value: undefined,
        faults: [
          [
            `n is "${text}"`,
            "it must be a whole number from 1 to 100",
            "pulumi config set n 5 -s s",
          ],
        ],
      });
    },
  );

  it("takes the value of the setting that it follows when it is not set", () => {
    const follower = integer({ ...ROW, follows: "m", least: 1 });
    expect(read(follower, "", { fallback: 7 })).toEqual({ value: 7, faults: [] });
    // The other setting has a fault of its own then.
    expect(read(follower, "", { fallback: undefined })).toEqual({ value: undefined, faults: [] });
  });
});

it.each(["[]", "null", "1", "{", "text"])("takes %s for no object", (text) => {
  const row = object({ about: "o", allowed: "", schema: {}, example: ["o.k", "v"] });
  expect(read(row, text).faults).toEqual([
    [
      `n is "${text}"`,
      "it must be an object of keys and values",
      "pulumi config rm n -s s; pulumi config set --path 'o.k' v -s s",
    ],
  ]);
});

it("offers the nearest choice, else the first", () => {
  const row = choice(["minikube", "remote"], { about: "c", default: "minikube" });
  expect(read(row, "remot").faults[0]?.[2]).toBe("pulumi config set n remote -s s");
  expect(read(row, "x").faults[0]?.[2]).toBe("pulumi config set n minikube -s s");
});

it("takes true and false for a flag, and nothing else", () => {
  const row = flag({ about: "f", default: true });
  expect([read(row, "true").value, read(row, "false").value]).toEqual([true, false]);
  expect(read(row, "yes").value).toBeUndefined();
});

it("reads one of some names, or none", () => {
  const row = optionalChoice(["kind", "k3d"], { about: "c", unset: "as the context is named" });
  expect(read(row, "k3d")).toEqual({ value: "k3d", faults: [] });
  expect(read(row, "")).toEqual({ value: undefined, faults: [] });
  expect(read(row, "kin").faults).toEqual([
    ['n is "kin"', "it must be kind or k3d", "pulumi config set n kind -s s"],
  ]);
  expect([row.default, row.schemas]).toEqual(["", [{ enum: ["", "kind", "k3d"] }]]);
});
