import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { imageWay } from "../../../../cli/doctor/checks/imageWay.ts";
import { FakeDocker } from "../../../support/fakeDocker.ts";
import { FakeApi } from "../../support/fakeApi.ts";

let api: FakeApi;
let docker: FakeDocker;

beforeAll(async () => {
  api = await FakeApi.start();
  docker = await FakeDocker.start();
  vi.stubEnv("DOCKER_HOST", docker.host);
  vi.stubEnv("PATH", "");
});

afterAll(() => {
  vi.unstubAllEnvs();
  docker.stop();
  api.stop();
});

test.each([
  [{ cluster: "kind", image: "x@sha256:1" }, "the nodes pull a ready image"],
  [{ cluster: "remote" }, "the nodes pull the image from a registry"],
  [{}, "the nodes pull the image from a registry"],
])("settings %o need no look at the nodes", async (settings, text) => {
  expect(await imageWay.run(api.patient({ settings }))).toEqual({
    state: "ok",
    text,
    remedy: null,
  });
});

test("a minikube is known by its nodes", async () => {
  const look = (labels: object) => {
    api.answers = { "/api/v1/nodes": { items: [{ metadata: { name: "one", labels } }] } };
    return imageWay.run(api.patient({ settings: { cluster: "minikube" } }));
  };
  expect(await look({ "minikube.k8s.io/name": "lab" })).toEqual({
    state: "ok",
    text: "minikube loads the image into its nodes",
    remedy: null,
  });
  expect(await look({})).toMatchObject({
    state: "fault",
    text: expect.stringContaining("is no minikube (its nodes are one)") as string,
  });
});

test("a local cluster is looked at as `up` does it", async () => {
  const nodeInfo = { containerRuntimeVersion: "docker://29.1.0", kernelVersion: "6.1" };
  api.answers = {
    "/api/v1/nodes": { items: [{ metadata: { name: "one" }, status: { nodeInfo } }] },
  };
  docker.info = { ServerVersion: "29.1.0", KernelVersion: "6.1" };
  const shared = await imageWay.run(api.patient({ settings: { cluster: "docker-desktop" } }));
  expect(shared.text).toBe("the image gets from Docker here to 1 node of cluster docker-desktop");
  docker.containers = { one: { labels: { "io.x-k8s.kind.cluster": "lab" } } };
  expect(await imageWay.run(api.patient({ settings: { cluster: "kind" } }))).toEqual({
    state: "fault",
    text: "the image cannot be loaded: `kind` is not on PATH; cluster kind has its image loaded by it",
    remedy:
      "install it: https://kind.sigs.k8s.io; or pulumi config set cluster remote, with a registry",
  });
});
