import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson, runId, type RunInputs } from "../../settings/runId.ts";
import { RUN } from "../../settings/table.ts";
import { EXAMPLE_RUN } from "../support/exampleRun.ts";

const INPUTS: RunInputs = {
  sources: "0123456789abcdef",
  run: { ...EXAMPLE_RUN, runConfig: { alpha: 0.5, dataset: "fashion-mnist" } },
  runToken: "",
};

it("is twelve hex digits that never change for the same inputs", () => {
  expect(runId(INPUTS)).toBe("3dc9d529607d");
});

it.each([
  [{ rounds: 10 }],
  [{ clients: 1 }],
  [{ min: 1 }],
  [{ replicas: 3 }],
  [{ quorum: 1 }],
  [{ seed: 43 }],
  [{ runConfig: { alpha: 0.1, dataset: "fashion-mnist" } }],
])("differs when %j does", (change) => {
  expect(runId({ ...INPUTS, run: { ...INPUTS.run, ...change } })).not.toBe(runId(INPUTS));
});

it.each([[{ sources: "other" }], [{ runToken: "again" }]])("differs when %j does", (change) => {
  expect(runId({ ...INPUTS, ...change })).not.toBe(runId(INPUTS));
});

it("does not know what decides nothing", () => {
  const run = { ...INPUTS.run, roundTimeout: 60 };
  expect(runId({ ...INPUTS, run })).toBe(runId(INPUTS));
});

it("stays when a setting that came later has its default, and differs when it has not", () => {
  const rows = {
    ...RUN,
    warmup: { default: 0, inRunId: "unless default" as const },
    spare: { default: "", follows: "clients", inRunId: "unless default" as const },
  };
  const later = (own: object): string => {
    const run = { ...INPUTS.run, warmup: 0, spare: 2, ...own };
    return runId({ ...INPUTS, run }, rows);
  };
  expect(later({})).toBe(runId(INPUTS));
  expect(later({ warmup: 1 })).not.toBe(runId(INPUTS));
  expect(later({ spare: 3 })).not.toBe(runId(INPUTS));
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
