import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { DockerApi, type EngineConfig } from "../../docker/dockerApi.ts";

let folder: string;
let engine: Server;
let host: string;
let asked: (string | undefined)[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "engine-"));
  host = `unix://${folder}/socket`;
  asked = [];
  engine = createServer((request, response) => {
    asked.push(request.url);
    response.setHeader("api-version", "1.41").end("{}");
  }).listen(join(folder, "socket"));
  await once(engine, "listening");
});

afterEach(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

test.each<[string, (now: string) => [EngineConfig, NodeJS.ProcessEnv]]>([
  ["a host in the config", (now) => [{ host: now }, { DOCKER_HOST: "unix:///nowhere" }]],
  ["DOCKER_HOST", (now) => [{}, { DOCKER_HOST: now }]],
  ["DOCKER_HOST before an empty host", (now) => [{ host: "" }, { DOCKER_HOST: now }]],
])("takes the engine that %s names, and asks it whether it is there", async (_, given) => {
  const api = await DockerApi.connect(...given(host));
  expect(await api.json("/info")).toEqual({});
  expect(asked).toEqual(["/_ping", "/v1.41/info"]);
});

test("says where no engine answers", async () => {
  await expect(DockerApi.connect({}, { DOCKER_HOST: "unix:///nowhere" })).rejects.toThrow(
    "failed to connect to any docker daemon (unix:///nowhere: connect ENOENT /nowhere) — one must answer where DOCKER_HOST says, or at Docker's usual sockets — start Docker, or set DOCKER_HOST to where it listens",
  );
});

test("asks nothing of an engine behind ssh:// before it is used", async () => {
  const api = await DockerApi.connect({}, { DOCKER_HOST: "ssh://none" });
  await expect(api.json("/info")).rejects.toThrow(
    "the Docker host ssh://none cannot be used — it may be unix://, tcp://, http:// or https:// — ssh:// needs the official docker plugin",
  );
});
