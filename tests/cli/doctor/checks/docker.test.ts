import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { docker } from "../../../../cli/doctor/checks/docker.ts";
import { machine } from "../../support/machine.ts";

test.each([
  [null, "unchecked", "without a stack it is not known whether one is needed"],
  [{ image: "x@sha256:1" }, "ok", "no Docker is needed: the image is not built here"],
  [{ builder: "minikube" }, "ok", "no Docker is needed: the image is not built here"],
])("settings %o ask for no Docker", async (settings, state, text) => {
  expect(await docker.run(machine({ settings }))).toEqual({ state, text, remedy: null });
});

test("an engine is asked at DOCKER_HOST, and `docker` only when nothing answers there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "docker-"));
  const socket = join(folder, "docker.sock");
  const env = { DOCKER_HOST: `unix://${socket}` };
  const lost = await docker.run(machine({ env }));
  expect(lost).toEqual({
    state: "fault",
    text: `no Docker engine answers at unix://${socket}: nothing listens there, and there is no \`docker\` to ask`,
    remedy: "start Docker, or take a ready image: pulumi config set image NAME@DIGEST",
  });
  const programs = { docker: { code: 0, said: "1.51" } };
  const asked = await docker.run(machine({ env, programs }));
  expect(asked.text).toBe(`Docker answers at unix://${socket} (API 1.51)`);
  const engine = createServer((_, response) => {
    response.writeHead(200, { "api-version": "1.50" }).end("OK");
  });
  await new Promise<void>((listens) => engine.listen(socket, listens));
  const found = await docker.run(machine({ env, programs }));
  engine.close();
  rmSync(folder, { recursive: true });
  expect(found.text).toBe(`Docker answers at unix://${socket} (API 1.50)`);
});

test("an engine behind ssh is not asked", async () => {
  const found = await docker.run(machine({ env: { DOCKER_HOST: "ssh://none" } }));
  expect(found).toMatchObject({
    state: "unchecked",
    text: "DOCKER_HOST is ssh://none, which is not asked",
  });
});
