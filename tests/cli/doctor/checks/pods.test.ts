import { expect, test } from "vitest";

import { pods, podsFinding } from "../../../../cli/doctor/checks/pods.ts";
import { FakeApi } from "../../support/fakeApi.ts";
import { claim, snapshot } from "../../support/objects.ts";

test("a federation that works tells how many pods run", () => {
  expect(podsFinding(snapshot())).toEqual({
    state: "ok",
    text: "the server runs, and 2 of 2 clients",
    remedy: null,
  });
});

test("a cause that `up` tells is a fault with the same remedy", () => {
  expect(podsFinding(snapshot({ claims: [claim("fast", 60)] }))).toEqual({
    state: "fault",
    text: "StorageClass fast does not exist (PVC flower-server); there are: standard (default), slow",
    remedy: "pulumi config set storageClass standard",
  });
});

test("what is not there yet is not checked", async () => {
  expect(podsFinding(snapshot({ deployments: [] }))).toEqual({
    state: "unchecked",
    text: "there is no flower-server in namespace kubeflower yet",
    remedy: "pulumi up",
  });
  const api = await FakeApi.start();
  const found = await pods.run(api.patient());
  api.stop();
  expect(found).toEqual({
    state: "unchecked",
    text: "namespace flower does not exist yet",
    remedy: "pulumi up",
  });
});
