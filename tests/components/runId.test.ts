import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson, runId, type RunInputs } from "../../components/runId.ts";

const INPUTS: RunInputs = {
  sources: "0123456789abcdef",
  rounds: 5,
  clients: 2,
  min: 2,
  replicas: 2,
  quorum: 2,
  seed: 42,
  runConfig: { alpha: 0.5, dataset: "fashion-mnist" },
  runToken: "",
};

it("is twelve hex digits that never change for the same inputs", () => {
  expect(runId(INPUTS)).toBe("3dc9d529607d");
});

it.each([
  [{ sources: "other" }],
  [{ rounds: 10 }],
  [{ clients: 1 }],
  [{ min: 1 }],
  [{ replicas: 3 }],
  [{ quorum: 1 }],
  [{ seed: 43 }],
  [{ runConfig: { alpha: 0.1, dataset: "fashion-mnist" } }],
  [{ runToken: "again" }],
])("differs when %j does", (change) => {
  expect(runId({ ...INPUTS, ...change })).not.toBe(runId(INPUTS));
});

it("does not know what decides nothing", () => {
  const withDeadline = { ...INPUTS, roundTimeout: 60 };
  expect(runId(withDeadline)).toBe(runId(INPUTS));
});

it("does not know the order of keys", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(object));
    }),
  );
});

it("writes JSON that says the same", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
