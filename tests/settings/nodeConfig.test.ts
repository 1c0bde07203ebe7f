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

it("refuses Flower's own keys and other values", () => {
  expect(read('{"partition-id":3,"list":[1]}').faults).toEqual([
    `nodeConfig["partition-id"] is not free — each client has its own from its partition — pulumi config rm --path 'nodeConfig["partition-id"]' -s dev`,
    `nodeConfig["list"] is [1] — it must be a text, a number or a truth, as in Flower — pulumi config set --path 'nodeConfig["list"]' <value> -s dev`,
  ]);
});
