import { afterAll, beforeAll, expect, test } from "vitest";

import { signingKeys } from "../../../../cli/doctor/checks/signingKeys.ts";
import { FakeApi } from "../../support/fakeApi.ts";
import { deployment, snapshot } from "../../support/objects.ts";

let api: FakeApi;

beforeAll(async () => {
  api = await FakeApi.start();
});

afterAll(() => {
  api.stop();
});

/** A patient whose server has that ConfigMap with keys. */
function withServer() {
  const server = deployment(2, 2);
  const template = { spec: { volumes: [{ name: "keys", configMap: { name: "keys-1a2b" } }] } };
  const deployments = [{ ...server, spec: { ...server.spec, template } }];
  return api.patient({ snapshot: () => Promise.resolve(snapshot({ deployments })) });
}

function keys(cluster: string[], server: string[]): void {
  const set = (ids: string[]) => ({ keys: ids.map((kid) => ({ kid })) });
  api.answers = {
    "/openid/v1/jwks": set(cluster),
    "/api/v1/namespaces/flower/configmaps/keys-1a2b": {
      data: { "jwks.json": JSON.stringify(set(server)) },
    },
  };
}

test("a server that knows all keys is ok, whatever others it knows", async () => {
  keys(["b", "a"], ["a", "b", "old"]);
  expect((await signingKeys.run(withServer())).text).toBe("the server knows the cluster's 2 keys");
});

test("a new key that the server does not know is a fault", async () => {
  keys(["new", "a"], ["a"]);
  expect(await signingKeys.run(withServer())).toEqual({
    state: "fault",
    text: "the cluster signs tokens with 1 of 2 keys that the server does not know: it refuses new clients",
    remedy: "pulumi up --refresh",
  });
});

test("without a server it is enough that the keys can be seen", async () => {
  keys(["a"], []);
  const patient = api.patient({ snapshot: () => Promise.resolve(null) });
  expect((await signingKeys.run(patient)).text).toBe(
    "the cluster shows the 1 key by which clients are proven",
  );
  api.answers = { "/openid/v1/jwks": 403 };
  expect(await signingKeys.run(patient)).toEqual({
    state: "fault",
    text: "the cluster does not show you the keys it signs tokens with, by which clients prove who they are",
    remedy:
      "have an administrator type `kubectl get --raw /openid/v1/jwks`, and set what it prints: pulumi config set jwks '<json>'",
  });
});

test.each([['{"keys":[]}'], [{ keys: [] }]])(
  "keys that are given in jwks need not be seen",
  async (jwks) => {
    api.answers = { "/openid/v1/jwks": 403 };
    const patient = api.patient({ settings: { jwks }, snapshot: () => Promise.resolve(null) });
    expect((await signingKeys.run(patient)).text).toBe(
      "the keys by which clients are proven are in jwks",
    );
  },
);

test("a key that jwks lacks is set again", async () => {
  keys(["new", "a"], ["a"]);
  const patient = { ...withServer(), settings: { jwks: "{}" } };
  expect((await signingKeys.run(patient)).remedy).toBe(
    'pulumi config set jwks "$(kubectl --context lab get --raw /openid/v1/jwks)" && pulumi up',
  );
});
