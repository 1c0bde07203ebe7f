import { expect, test } from "vitest";

import { classFinding } from "../../../../cli/doctor/checks/storageClass.ts";

const DEFAULT = { "storageclass.kubernetes.io/is-default-class": "true" };
const standard = { metadata: { name: "standard", annotations: DEFAULT }, provisioner: "p" };
const fast = { metadata: { name: "fast" }, provisioner: "p", allowVolumeExpansion: true };

test.each([
  [
    [fast, standard],
    undefined,
    "StorageClass standard (default) is there; its volumes cannot grow",
  ],
  [[fast, standard], "fast", "StorageClass fast is there; its volumes can grow"],
])("a class that is there is ok: %#", (classes, wanted, text) => {
  expect(classFinding(classes, wanted)).toEqual({ state: "ok", text, remedy: null });
});

test.each([
  [
    [fast],
    undefined,
    "the cluster has no default StorageClass; there are: fast",
    "pulumi config set storageClass fast",
  ],
  [
    [fast, standard],
    "slow",
    "StorageClass slow does not exist; there are: fast, standard (default)",
    "pulumi config set storageClass standard",
  ],
  [
    [],
    undefined,
    "the cluster has no default StorageClass",
    "the cluster has none: install a provisioner, then pulumi config set storageClass <name>",
  ],
])("a class that is missing is a fault: %#", (classes, wanted, text, remedy) => {
  expect(classFinding(classes, wanted)).toEqual({ state: "fault", text, remedy });
});
