import { expect, it } from "vitest";

import { environmentVariables } from "../../settings/env.ts";
import { Faults } from "../../settings/faults.ts";

function read(text: string): { value: unknown; faults: string[] } {
  const faults = new Faults("dev");
  const value = environmentVariables("variables").read(text, { key: "env", fallback: {}, faults });
  return { value, faults: faults.found.map(({ wrong, allowed }) => `${wrong} — ${allowed}`) };
}

it("takes texts, and numbers and truths as texts", () => {
  expect(read('{"HF_TOKEN":"a b","WORKERS":2,"_debug":true}')).toEqual({
    value: { HF_TOKEN: "a b", WORKERS: "2", _debug: "true" },
    faults: [],
  });
  expect(read("")).toEqual({ value: {}, faults: [] });
});

it("takes whole numbers as they were written, and texts that look like some", () => {
  const text =
    '{"ID":1234567890123456789,"LOW":-1234567890123456789,"TEXT":"a 1234567890123456789, \\"1\\""}';
  expect(read(text).value).toEqual({
    ID: "1234567890123456789",
    LOW: "-1234567890123456789",
    TEXT: 'a 1234567890123456789, "1"',
  });
});

it("refuses a variable that no program can be started with", () => {
  expect(read(JSON.stringify({ KEY: "é".repeat(65_533) })).faults).toEqual([]);
  expect(read(JSON.stringify({ KEY: "é".repeat(65_534) })).faults).toEqual([
    "env.KEY has 131072 bytes — Linux takes 131071 at most: a file is in the image, or on a volume of data",
  ]);
});

it.each([
  [
    '{"a-b":"x"}',
    "env.a-b is no variable's name — it must have letters, digits and _, and no digit first",
  ],
  [
    '{"1A":"x"}',
    "env.1A is no variable's name — it must have letters, digits and _, and no digit first",
  ],
  [
    '{"KUBEFLOWER_RUN":"x"}',
    "env.KUBEFLOWER_RUN is not free — the image's programs need it as it is",
  ],
  ['{"PATH":"x"}', "env.PATH is not free — the image's programs need it as it is"],
  ['{"LIST":["hidden"]}', "env.LIST is no text — it must be one"],
  ["hidden", "env is no object — it must be an object of keys and values"],
])("refuses %s without its value", (text, fault) => {
  const { faults } = read(text);
  expect(faults).toEqual([fault]);
  expect(faults.join()).not.toContain("hidden");
});
