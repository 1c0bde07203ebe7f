import { expect, test } from "vitest";

import {
  atMost,
  resourceCommand,
  settingOf,
  twice,
} from "../../../cli/diagnosis/resourceCommand.ts";

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

test.each([
  ["1000", "100m", "100m"],
  ["150m", "100m", "75m"],
  ["4000Gi", "512Mi", "512Mi"],
  ["1Gi", "512Mi", "512Mi"],
  ["768Mi", "512Mi", "384Mi"],
])("half of %s, and at most %s, is %s", (quantity, most, expected) => {
  expect(atMost(quantity, most)).toBe(expected);
});

test("Kubernetes' resources have settings, others have none", () => {
  expect(["cpu", "memory", "ephemeral-storage", "pods"].map(settingOf)).toEqual([
    "cpu",
    "memory",
    "ephemeralStorage",
    undefined,
  ]);
});
