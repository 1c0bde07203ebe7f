import { afterAll, beforeAll, expect, test } from "vitest";

import { quotas } from "../../../../cli/doctor/checks/quotas.ts";
import { FakeApi } from "../../support/fakeApi.ts";
import { claim, snapshot } from "../../support/objects.ts";

let api: FakeApi;
const DEFAULT = { "storageclass.kubernetes.io/is-default-class": "true" };
const PATH = "/api/v1/namespaces/flower";

beforeAll(async () => {
  api = await FakeApi.start();
});

afterAll(() => {
  api.stop();
});

/** Checks a namespace before anything is made there: one server and two clients by default. */
function check(hard: object, used: object, limits: object[], settings = {}) {
  api.answers = {
    [`${PATH}/resourcequotas`]: {
      items:
        Object.keys(hard).length > 0
          ? [{ metadata: { name: "team" }, status: { hard, used } }]
          : [],
    },
    [`${PATH}/limitranges`]: {
      items: limits.length > 0 ? [{ metadata: { name: "range" }, spec: { limits } }] : [],
    },
    "/apis/storage.k8s.io/v1/storageclasses": {
      items: [{ metadata: { name: "standard", annotations: DEFAULT }, provisioner: "p" }],
    },
  };
  return quotas.run(api.patient({ settings, snapshot: () => Promise.resolve(null) }));
}

test("a namespace without quotas, or one that does not exist, keeps nothing out", async () => {
  const text =
    "0 quotas and limit ranges are in namespace flower; none keeps a pod or the volume out";
  expect(await check({}, {}, [])).toEqual({ state: "ok", text, remedy: null });
  api.answers = {};
  const patient = api.patient({ snapshot: () => Promise.resolve(null) });
  expect((await quotas.run(patient)).text).toBe(text);
});

test.each([
  [
    { pods: "3" },
    { pods: "1" },
    {},
    "quota team has 2 of pods left, and the 3 pods to be made need 3",
  ],
  [
    { "requests.memory": "2Gi" },
    {},
    {},
    "quota team has 2048Mi of requests.memory left, and the 3 pods to be made need 2560Mi",
  ],
  [{ cpu: "1" }, { cpu: "250m" }, { clients: "4", clientResources: '{"cpu":"100m"}' }, null],
  [
    { cpu: "1" },
    { cpu: "250m" },
    { replicas: "6" },
    "quota team has 0.75 of cpu left, and the 7 pods to be made need 1.75",
  ],
])("a quota of %o with %o used", async (hard, used, settings, text) => {
  const found = await check(hard, used, [], settings);
  if (text === null) expect(found.state).toBe("ok");
  else {
    const remedy = "raise it: kubectl -n flower edit resourcequota team";
    expect(found).toEqual({ state: "fault", text, remedy });
  }
});

test("a quota on CPU limits needs a setting, or a LimitRange, that gives pods one", async () => {
  const hard = { "limits.cpu": "8" };
  const found = await check(hard, {}, []);
  expect(found.text).toBe(
    "quota team asks each pod for a CPU limit, which the stack's pods do not have, and no LimitRange gives them one",
  );
  expect(found.remedy).toBe(
    "pulumi config set --path serverResources.cpuLimit 2 && pulumi config set --path clientResources.cpuLimit 2",
  );
  const settings = { serverResources: '{"cpuLimit":"1"}', clientResources: '{"cpuLimit":"1"}' };
  expect((await check(hard, {}, [], settings)).state).toBe("ok");
  const given = [{ type: "Container", default: { cpu: "2" } }];
  expect((await check(hard, {}, given)).state).toBe("ok");
});

test.each([
  [
    { type: "Container", max: { memory: "512Mi" } },
    "LimitRange range keeps the server's pod out: its memory may be 512Mi at most",
    "pulumi config set --path serverResources.memory 512Mi",
  ],
  [
    { type: "Pod", min: { memory: "1Gi" } },
    "LimitRange range keeps the client's pod out: its memory must be 1Gi at least",
    "pulumi config set --path clientResources.memory 1Gi",
  ],
  [
    { type: "Container", default: { cpu: "100m" } },
    "LimitRange range keeps the server's pod out: its cpu may be 100m at most",
    "pulumi config set --path serverResources.cpu 100m",
  ],
])("a limit range %o", async (limit, text, remedy) => {
  expect(await check({}, {}, [limit])).toEqual({ state: "fault", text, remedy });
});

const OF_CLASS = "storageclass.storage.k8s.io";

test.each([
  [
    { "requests.storage": "10Gi" },
    { "requests.storage": "9728Mi" },
    {},
    "quota team has 512Mi of requests.storage left, and the server's volume needs 1024Mi",
  ],
  [
    { persistentvolumeclaims: "4" },
    { persistentvolumeclaims: "4" },
    {},
    "quota team has 0 of persistentvolumeclaims left, and the server's volume needs 1",
  ],
  [
    { [`fast.${OF_CLASS}/requests.storage`]: "1Gi" },
    {},
    { storage: "5Gi", storageClass: "fast" },
    `quota team has 1024Mi of fast.${OF_CLASS}/requests.storage left, and the server's volume needs 5120Mi`,
  ],
  [
    { [`standard.${OF_CLASS}/persistentvolumeclaims`]: "0" },
    {},
    {},
    `quota team has 0 of standard.${OF_CLASS}/persistentvolumeclaims left, and the server's volume needs 1`,
  ],
  [{ [`fast.${OF_CLASS}/persistentvolumeclaims`]: "0" }, {}, {}, null],
  [{ "requests.storage": "1Gi", persistentvolumeclaims: "1" }, {}, {}, null],
  [
    { "limits.ephemeral-storage": "8Gi" },
    {},
    {},
    "quota team has 8192Mi of limits.ephemeral-storage left, and the 3 pods to be made need 10240Mi",
  ],
])("a quota of storage %o with %o used", async (hard, used, settings, text) => {
  const found = await check(hard, used, [], settings);
  if (text === null) expect(found.state).toBe("ok");
  else {
    const remedy = "raise it: kubectl -n flower edit resourcequota team";
    expect(found).toEqual({ state: "fault", text, remedy });
  }
});

test.each([
  [
    { type: "PersistentVolumeClaim", max: { storage: "512Mi" } },
    "LimitRange range keeps the server's volume of 1Gi out: it may have 512Mi at most",
    "pulumi config set storage 512Mi",
  ],
  [
    { type: "PersistentVolumeClaim", min: { storage: "5Gi" } },
    "LimitRange range keeps the server's volume of 1Gi out: it must have 5Gi at least",
    "pulumi config set storage 5Gi",
  ],
  [
    { type: "Container", max: { "ephemeral-storage": "1Gi" } },
    "LimitRange range keeps the server's pod out: its ephemeral-storage may be 1Gi at most",
    "pulumi config set --path serverResources.ephemeralStorage 1Gi",
  ],
  [
    { type: "Container", min: { "ephemeral-storage": "128Mi" } },
    "LimitRange range keeps the server's pod out: its ephemeral-storage must be 128Mi at least",
    "kubectl -n flower edit limitrange range",
  ],
])("a limit range of storage %o", async (limit, text, remedy) => {
  expect(await check({}, {}, [limit])).toEqual({ state: "fault", text, remedy });
});

test("a volume that is there already takes no more of a quota", async () => {
  await check({ persistentvolumeclaims: "1" }, { persistentvolumeclaims: "1" }, []);
  const there = snapshot({ claims: [claim("standard", 60)] });
  const patient = api.patient({ snapshot: () => Promise.resolve(there) });
  expect((await quotas.run(patient)).state).toBe("ok");
});

test("pods that are there already need nothing more", async () => {
  await check({ pods: "0" }, { pods: "3" }, []);
  const patient = api.patient({ snapshot: () => Promise.resolve(snapshot()) });
  expect((await quotas.run(patient)).state).toBe("ok");
});
