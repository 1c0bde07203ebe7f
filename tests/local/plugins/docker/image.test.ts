import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { DockerApi } from "../../../../docker/dockerApi.ts";
import { Image } from "../../../../local/plugins/docker/image.ts";
import { PulumiEngine } from "../../../../local/plugins/wire/pulumiEngine.ts";
import { type Properties, secret, unknown } from "../../../../local/plugins/wire/properties.ts";
import { FakeEngine } from "../support/fakeEngine.ts";

const urn = "urn:pulumi:s::p::docker:index/image:Image::img";
const operation = { urn, preview: false, signal: new AbortController().signal };
const digest = `sha256:${"d".repeat(64)}`;

let folder: string;
let engine: FakeEngine;
let docker: Server;
let requests: string[];
let buildAnswer: object[];
let image: Image;
let host: string;

/** The Docker engine, as far as the classic builder and a push need it. */
function answer(request: IncomingMessage): { status: number; body: string } {
  const url = new URL(request.url ?? "", "http://docker");
  if (url.pathname === "/_ping") return { status: 200, body: "OK" };
  requests.push(`${request.method} ${decodeURIComponent(url.pathname + url.search)}`);
  if (url.pathname === "/v1.41/build") {
    return { status: 200, body: buildAnswer.map((message) => JSON.stringify(message)).join("\n") };
  }
  if (url.pathname.endsWith("/push")) {
    return { status: 200, body: `${JSON.stringify({ aux: { Tag: "1", Digest: digest } })}\n` };
  }
  if (url.pathname.endsWith("/json")) {
    const RepoDigests = [`other/name@${digest}`, `localhost:5000/name@${digest}`];
    return { status: 200, body: JSON.stringify({ Id: "sha256:local", RepoDigests }) };
  }
  return { status: 404, body: JSON.stringify({ message: "no such thing" }) };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "image-"));
  await writeFile(join(folder, "Dockerfile"), "FROM scratch\n");
  requests = [];
  buildAnswer = [{ stream: "Step 1/1 : FROM scratch\n" }];
  docker = createServer((request, response) => {
    request.resume().on("end", () => {
      const { status, body } = answer(request);
      response.writeHead(status, { "Api-Version": "1.41" }).end(body);
    });
  });
  const socket = join(folder, "docker.sock");
  await new Promise<void>((resolve) => docker.listen(socket, resolve));
  host = `unix://${socket}`;
  engine = await FakeEngine.start();
  const api = await DockerApi.connect({ host }, {});
  image = new Image(new PulumiEngine(engine.address), () => api);
});

afterEach(async () => {
  engine.stop();
  docker.close();
  await rm(folder, { recursive: true });
});

function inputs(more: Properties = {}): Properties {
  return {
    imageName: "localhost:5000/name:1",
    build: {
      context: folder,
      dockerfile: join(folder, "Dockerfile"),
      builderVersion: "BuilderV1",
      platform: "linux/amd64",
      args: { A: "b" },
      target: "run",
      network: "host",
    },
    ...more,
  };
}

test("a build that is a secret stays one, and its context's digest is in it", async () => {
  const { build } = inputs();
  const checked = await image.check({}, inputs({ build: secret(build ?? {}) }), urn);
  expect(checked.inputs["build"]).toEqual(
    secret({
      ...(build as Properties),
      contextDigest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    }),
  );
});

test("a pushed image is known by the digest of the registry it went to", async () => {
  const { id, state } = await image.create(inputs(), operation);
  expect(id).toBe("localhost:5000/name:1");
  expect(state).toEqual({
    imageName: "localhost:5000/name:1",
    baseImageName: "localhost:5000/name:1",
    registryServer: "",
    repoDigest: `localhost:5000/name@${digest}`,
    context: folder,
    dockerfile: "Dockerfile",
    platform: "linux/amd64",
    __inputs: secret(inputs()),
  });
  expect(requests).toEqual([
    "POST /v1.41/build?t=localhost:5000/name:1&dockerfile=Dockerfile&target=run&platform=linux/amd64" +
      '&networkmode=host&buildargs={"A":"b"}&rm=1&forcerm=1&version=1',
    "GET /v1.41/images/localhost:5000/name:1/json",
    "POST /v1.41/images/localhost:5000/name/push?tag=1",
    "GET /v1.41/images/localhost:5000/name:1/json",
  ]);
  expect(engine.lines).toEqual([
    `live ${urn}: Building the image`,
    `live ${urn}: Step 1/1 : FROM scratch`,
    `live ${urn}: Pushing Image to the registry`,
  ]);
});

test("an image that stays here is known by its local id", async () => {
  const { state } = await image.create(inputs({ skipPush: true }), operation);
  expect(state["repoDigest"]).toBe("sha256:local");
  expect(requests.filter((request) => request.includes("push"))).toEqual([]);
});

test("a failed build fails with Docker's words alone, as with the official plugin", async () => {
  buildAnswer = [{ stream: "no such command\n" }, { error: "exit code: 127" }];
  await expect(image.create(inputs(), operation)).rejects.toThrow(
    /^error reading build output: exit code: 127$/,
  );
  expect(engine.lines).toContain(`live ${urn}: no such command`);
});

test("in preview nothing is built unless that is asked for", async () => {
  const preview = { ...operation, preview: true };
  const { state } = await image.create(inputs(), preview);
  expect(state["repoDigest"]).toBe(unknown);
  expect(requests).toEqual([]);
  await image.create(inputs({ buildOnPreview: true, skipPush: true }), preview);
  expect(requests[0]).toContain("POST /v1.41/build");
});

test("check adds the digest of the context, and refuses a Dockerfile that is not there", async () => {
  const { inputs: checked, failures } = await image.check({}, inputs(), urn);
  expect(failures).toEqual([]);
  expect((checked["build"] as Properties)["contextDigest"]).toMatch(/^[0-9a-f]{64}$/);
  const wrong = { imageName: "x", build: { context: folder, dockerfile: "Dockerfile.none" } };
  expect((await image.check({}, wrong, urn)).failures).toEqual([
    {
      property: "build.dockerfile",
      reason:
        "could not open dockerfile at Dockerfile.none, which is relative to the Pulumi project",
    },
  ]);
});

test("a renewed password is no change, another server is", async () => {
  const registry = { server: "s", username: "u", password: secret("p") };
  const changed = async (now: Properties): Promise<string[]> => {
    const { changes } = await image.diff({}, inputs({ registry }), inputs({ registry: now }));
    return [...changes.keys()];
  };
  expect(await changed({ ...registry, username: "v", password: secret("q") })).toEqual([]);
  expect(await changed({ ...registry, server: "t" })).toEqual(["registry.server"]);
});

test("no engine is said with the address that was tried", async () => {
  await expect(DockerApi.connect({}, { DOCKER_HOST: "unix:///nowhere.sock" })).rejects.toThrow(
    "failed to connect to any docker daemon (unix:///nowhere.sock: connect ENOENT /nowhere.sock)" +
      " — one must answer where DOCKER_HOST says, or at Docker's usual sockets — start Docker, or set DOCKER_HOST to where it listens",
  );
});
