import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { tryPods } from "../../cli/podTrial.ts";
import { FakeApi, type Given } from "./support/fakeApi.ts";
import { replicaSet, snapshot, statefulSet } from "./support/objects.ts";

const PODS = "/api/v1/namespaces/lab/pods";
const CLAIMS = "/api/v1/namespaces/lab/persistentvolumeclaims";
const container = { name: "client", image: "kubeflower:abc" };
const clients = statefulSet(3, 1);
const [serverPod, ...clientPods] = snapshot().objects.pods;
/** A federation that lacks the client 1 of three; the client has one of its two claims. */
const CLIENT = snapshot({
  namespace: "lab",
  pods: [serverPod, clientPods[0]].filter((pod) => pod !== undefined),
  dataClaims: [{ metadata: { name: "data-0-flower-client-1" }, spec: {} }],
  statefulSets: [
    {
      ...clients,
      spec: {
        ...clients.spec,
        template: {
          metadata: { labels: { app: "flower-client" }, annotations: { why: "not" } },
          spec: { containers: [container], volumes: [{ name: "proof" }] },
        },
        volumeClaimTemplates: [{ metadata: { name: "data-0" } }, { metadata: { name: "data-1" } }],
      },
    },
  ],
});
/** A federation that lacks its server. */
const SERVER = snapshot({
  namespace: "lab",
  pods: clientPods,
  replicaSets: [
    { ...replicaSet(0), spec: { replicas: 1, template: { spec: { containers: [] } } } },
  ],
});
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

/** Tries the client, and its second claim. */
async function tryClient(pod: Given, claim: Given = {}): Promise<string | null | undefined> {
  api.answers = { [PODS]: pod, [CLAIMS]: claim };
  return (await tryPods(api.client(), CLIENT))["flower-client"];
}

test("a client is tried as its StatefulSet would make it, after the claim that it has not", async () => {
  expect(await tryClient({})).toBeNull();
  expect(api.asked).toEqual([
    {
      method: "POST",
      path: CLAIMS,
      query: "dryRun=All",
      object: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data-1-flower-client-1" },
      },
    },
    {
      method: "POST",
      path: PODS,
      query: "dryRun=All",
      object: {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          name: "flower-client-1",
          annotations: { why: "not" },
          labels: {
            app: "flower-client",
            "apps.kubernetes.io/pod-index": "1",
            "statefulset.kubernetes.io/pod-name": "flower-client-1",
          },
          ownerReferences: [
            {
              apiVersion: "apps/v1",
              kind: "StatefulSet",
              name: "flower-client",
              uid: "uid-flower-client",
              controller: true,
            },
          ],
        },
        spec: {
          containers: [container],
          volumes: [
            { name: "proof" },
            {
              name: "data-0",
              persistentVolumeClaim: { claimName: "data-0-flower-client-1" },
            },
            {
              name: "data-1",
              persistentVolumeClaim: { claimName: "data-1-flower-client-1" },
            },
          ],
        },
      },
    },
  ]);
});

test("a server is tried under a name that the API server makes", async () => {
  api.answers = { [PODS]: [403, "no more"] };
  expect(await tryPods(api.client(), SERVER)).toEqual({
    "flower-server-7d9": "no more",
  });
  expect(api.asked.map(({ object }) => object)).toMatchObject([
    { metadata: { generateName: "flower-server-7d9-", labels: {} }, spec: { containers: [] } },
  ]);
});

test("the words of the first refusal are told, of the claim before those of the pod", async () => {
  expect(await tryClient([403, "no pod"])).toBe("no pod");
  expect(await tryClient([500, "no webhook answers"])).toBe("no webhook answers");
  expect(await tryClient([403, "no pod"], [403, "no room"])).toBe("no room");
});

test("a pod that has been made in the meantime is not refused", async () => {
  expect(await tryClient([409, "already exists"])).toBeNull();
});

test("nothing is known without the right to make pods, and where webhooks take no trials", async () => {
  const right = 'pods is forbidden: User "jane" cannot create resource "pods" in API group ""';
  expect(await tryClient([403, right])).toBeUndefined();
  expect(await tryClient([400, 'admission webhook "x" does not support dry run'])).toBeUndefined();
  expect(await tryClient(404)).toBeUndefined();
  expect(
    await tryClient({}, [403, right.replaceAll("pods", "persistentvolumeclaims")]),
  ).toBeUndefined();
});

test("nothing is known where the API server does not answer in 5 s", async () => {
  const began = Date.now();
  expect(await tryClient("silence")).toBeUndefined();
  expect(Date.now() - began).toBeLessThan(9000);
}, 20_000);
