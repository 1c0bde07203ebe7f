import { afterAll, beforeAll, expect, test } from "vitest";

import { dns } from "../../../../cli/doctor/checks/dns.ts";
import { FakeApi } from "../../support/fakeApi.ts";

let api: FakeApi;
const SERVICES = "/api/v1/namespaces/kube-system/services";
const SLICES = "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices";
const SERVICE = { items: [{ metadata: { name: "kube-dns" } }] };

beforeAll(async () => {
  api = await FakeApi.start();
});

afterAll(() => {
  api.stop();
});

test.each([
  [[{ conditions: { ready: true } }, {}], "ok", "the cluster's DNS kube-dns has 2 of 2 pods ready"],
  [
    [{ conditions: { ready: false } }],
    "warning",
    "the cluster's DNS kube-dns has no pod that is ready: apps that ask for names find none",
  ],
  [
    null,
    "warning",
    "the cluster's DNS kube-dns has no pod that is ready: apps that ask for names find none",
  ],
])("a DNS with endpoints %o", async (endpoints, state, text) => {
  api.answers = { [SERVICES]: SERVICE, [SLICES]: { items: [{ endpoints }] } };
  expect(await dns.run(api.patient())).toMatchObject({ state, text });
});

test("without kube-dns clients find the server all the same, and apps may find no names", async () => {
  api.answers = { [SERVICES]: { items: [] } };
  const found = await dns.run(api.patient());
  expect([found.state, found.text]).toEqual([
    "warning",
    "the cluster's DNS is not the service k8s-app=kube-dns of kube-system: clients find the server without it, and apps may find no names",
  ]);
});
