import { expect, it } from "vitest";

import { Faults } from "../../settings/faults.ts";
import { nodeConfig } from "../../settings/nodeConfig.ts";

function read(text: string): { value: unknown; faults: string[] } {
  const faults = new Faults("dev");
  const value = nodeConfig("values").read(text, { key: "nodeConfig", fallback: {}, faults });
  return {
    value,
    faults: faults.found.map((fault) => [fault.wrong, fault.allowed, fault.remedy].join(" — ")),
  };
}

it("takes texts, numbers and truths, as Flower does", () => {
  const value = { "dataset-path": "/data/{partition}", batch: 32, full: true };
  expect(read(JSON.stringify(value))).toEqual({ value, faults: [] });
  expect(read("")).toEqual({ value: {}, faults: [] });
});

it.each([
  "/data/{Partition}",
  "/data/{partition:03d}",
  "/data/${partition}",
  "/data/{{ partition_id }}",
])("refuses %s, which no client would fill", (text) => {
  expect(read(JSON.stringify({ "dataset-path": text })).faults).toEqual([
    `nodeConfig["dataset-path"] is "${text}" — the client's number is written {partition}, and is 0, 1, … — pulumi config set --path 'nodeConfig["dataset-path"]' '/data/{partition}' -s dev`,
  ]);
});

it("leaves other braces to the app", () => {
  const value = { pattern: "{name}-{partition}.csv", json: '{"partition":1}' };
  expect(read(JSON.stringify(value))).toEqual({ value, faults: [] });
});

it("refuses a whole number that JSON would round", () => {
  expect(read('{"id":1234567890123456789}').faults).toEqual([
    `nodeConfig["id"] is 1234567890123456800 — it must be a whole number from -9007199254740991 to 9007199254740991, or a text — pulumi config set --path 'nodeConfig["id"]' <value> --type string -s dev`,
  ]);
});

it("refuses Flower's own keys and other values", () => {
  expect(read('{"partition-id":3,"list":[1]}').faults).toEqual([
    `nodeConfig["partition-id"] is not free — each client has its own from its partition — pulumi config rm --path 'nodeConfig["partition-id"]' -s dev`,
    `nodeConfig["list"] is [1] — it must be a text, a number or a truth, as in Flower — pulumi config set --path 'nodeConfig["list"]' <value> -s dev`,
  ]);
});
