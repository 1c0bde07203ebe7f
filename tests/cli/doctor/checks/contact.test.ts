import { afterAll, beforeAll, expect, test } from "vitest";

import { contact } from "../../../../cli/doctor/checks/contact.ts";
import { FakeApi } from "../../support/fakeApi.ts";

let api: FakeApi;
const REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
const VERSION = { "/version": { gitVersion: "v1.34.4" } };

beforeAll(async () => {
  api = await FakeApi.start();
});

afterAll(() => {
  api.stop();
});

test("a cluster that answers tells its version, and whom it lets in", async () => {
  api.answers = { ...VERSION, [REVIEWS]: { status: { userInfo: { username: "jane" } } } };
  expect(await contact.run(api.patient())).toEqual({
    state: "ok",
    text: "context lab answers as jane (Kubernetes v1.34.4)",
    remedy: null,
  });
  api.answers = VERSION;
  expect((await contact.run(api.patient())).text).toBe("context lab answers (Kubernetes v1.34.4)");
});

test("an expired login is told as such, with the command of the user's cloud", async () => {
  api.answers = { "/version": 401, [REVIEWS]: 401 };
  const text =
    "context lab is not let in (401): its login has expired, or is not one of this cluster's";
  const cluster = api.client({ token: "old" });
  expect(await contact.run(api.patient({ cluster }))).toEqual({
    state: "fault",
    text,
    remedy: "log in again, and try: kubectl --context lab auth whoami",
    unreached: true,
  });
});

test("a program that is not there is named", async () => {
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "/none/bin/aws" };
  const cluster = api.client({ exec });
  const found = await contact.run(api.patient({ cluster }));
  expect(found).toEqual({
    state: "fault",
    text: "the kubeconfig gets its login from /none/bin/aws, which is not installed",
    remedy: "it must be in the PATH — install it",
    unreached: true,
  });
});

test("a cluster that is gone is told with its address and how to start it", async () => {
  const gone = await FakeApi.start();
  const patient = gone.patient({ settings: { cluster: "minikube" } });
  gone.stop();
  const found = await contact.run(patient);
  expect(found.text).toMatch(
    /^context lab does not answer at http:\/\/127\.0\.0\.1:\d+: nothing listens at 127\.0\.0\.1:\d+, ECONNREFUSED$/,
  );
  expect([found.remedy, found.unreached]).toEqual(["minikube start -p lab", true]);
});
