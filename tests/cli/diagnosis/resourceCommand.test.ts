import { expect, test } from "vitest";

import { resourceCommand, twice } from "../../../cli/diagnosis/resourceCommand.ts";

test("each role has its own setting", () => {
  expect(resourceCommand("server", "memory", "2Gi")).toBe(
    "pulumi config set --path serverResources.memory 2Gi",
  );
  expect(resourceCommand("client", "cpu", "100m")).toBe(
    "pulumi config set --path clientResources.cpu 100m",
  );
});

test.each([
  ["768Mi", "1536Mi"],
  ["1.5Gi", "3Gi"],
  ["100", "200"],
  ["?", undefined],
])("twice %s is %s", (quantity, doubled) => {
  expect(twice(quantity)).toBe(doubled);
});
