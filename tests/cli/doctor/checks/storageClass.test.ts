import { expect, test } from "vitest";

import { classFinding, storageClass } from "../../../../cli/doctor/checks/storageClass.ts";
import { FakeApi } from "../../support/fakeApi.ts";
import { claim, snapshot } from "../../support/objects.ts";

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

test("the claim of a server that is there names the class, and a bound one needs none", async () => {
  const api = await FakeApi.start();
  api.answers = { "/apis/storage.k8s.io/v1/storageclasses": { items: [fast] } };
  const check = (name: string, phase: string) => {
    const claims = [{ ...claim(name, 60), status: { phase } }];
    return storageClass.run(api.patient({ snapshot: () => Promise.resolve(snapshot({ claims })) }));
  };
  const found = [await check("fast", "Pending"), await check("old", "Pending")];
  const bound = await check("old", "Bound");
  api.stop();
  expect(found.map(({ state }) => state)).toEqual(["ok", "fault"]);
  expect(bound).toEqual({
    state: "ok",
    text: "the server's volume is there, and of a StorageClass that is not: it cannot grow",
    remedy: null,
  });
});
