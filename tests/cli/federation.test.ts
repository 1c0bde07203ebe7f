import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { Federation } from "../../cli/federation.ts";
import { FakeApi, type Given } from "./support/fakeApi.ts";
import { running, statefulSet } from "./support/objects.ts";

const HOME = "/api/v1/namespaces/lab";
const APPS = "/apis/apps/v1/namespaces/lab";
const LISTS = [
  `${HOME}/events`,
  `${HOME}/persistentvolumeclaims`,
  `${APPS}/deployments`,
  `${APPS}/replicasets`,
  `${HOME}/services`,
  "/apis/networking.k8s.io/v1/namespaces/lab/networkpolicies",
  "/api/v1/nodes",
  "/apis/storage.k8s.io/v1/storageclasses",
];
let api: FakeApi;

beforeAll(async () => {
  api = await FakeApi.start();
});

beforeEach(() => {
  api.asked.length = 0;
});

afterAll(() => {
  api.stop();
});

/** Serves one wanted client; `pods` gives those that there are at each look. */
function serve(pods: (look: number) => readonly string[], refusal: Given): void {
  let look = 0;
  api.answers = {
    ...Object.fromEntries(LISTS.map((path) => [path, { items: [] }])),
    [HOME]: { metadata: { name: "lab" } },
    [`${APPS}/statefulsets`]: { items: [statefulSet(1)] },
    [`${HOME}/pods`]: ({ method }) => {
      if (method === "POST") return refusal;
      look += 1;
      return { items: pods(look).map(running) };
    },
  };
}

const tries = () => api.asked.filter(({ method }) => method === "POST");

test("a snapshot of all pods tries none", async () => {
  serve(() => ["flower-client-0"], 500);
  const { objects } = await new Federation(api.client(), "lab").snapshot(undefined);
  expect([objects.pods.length, objects.trials]).toEqual([1, undefined]);
  expect(tries()).toEqual([]);
});

test("a pod that comes within a second is not tried", async () => {
  serve((look) => (look === 1 ? [] : ["flower-client-0"]), 500);
  const { objects } = await new Federation(api.client(), "lab").snapshot(undefined);
  expect([objects.pods.length, objects.trials]).toEqual([1, {}]);
  expect(tries()).toEqual([]);
});

test("a pod that is still missing is tried once, and the refusal is a part of the snapshot", async () => {
  serve(() => [], [403, "no more pods"]);
  const { objects } = await new Federation(api.client(), "lab").snapshot(undefined);
  expect(objects.trials).toEqual({ "flower-client": "no more pods" });
  expect(tries()).toHaveLength(1);
});
