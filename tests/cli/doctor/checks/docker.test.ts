import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { docker } from "../../../../cli/doctor/checks/docker.ts";
import { machine } from "../../support/machine.ts";

test.each([
  [null, "unchecked", "without a stack it is not known whether an image is built"],
  [{ image: "x@sha256:1" }, "ok", "no Docker is needed: the image is not built here"],
  [{ builder: "minikube" }, "ok", "no Docker is needed: the image is not built here"],
])("settings %o ask for no Docker", async (settings, state, text) => {
  expect(await docker.run(machine({ settings }))).toEqual({ state, text, remedy: null });
});

test("a Docker that cannot be reached is told in the words of `up`", async () => {
  const env = { DOCKER_HOST: "unix:///nowhere/docker.sock" };
  const found = await docker.run(machine({ env }));
  expect(found.text).toContain(
    "the image cannot be built: failed to connect to any docker daemon (unix:///nowhere/docker.sock",
  );
  expect(found).toMatchObject({
    state: "fault",
    remedy: "start Docker, or set DOCKER_HOST to where it listens",
  });
});

test("a Docker that answers can build", async () => {
  const folder = mkdtempSync(join(tmpdir(), "docker-"));
  const socket = join(folder, "docker.sock");
  const engine = createServer(({ url }, response) => {
    response.writeHead(200, { "api-version": "1.50" });
    response.end(url === "/_ping" ? "OK" : JSON.stringify({ Version: "28.0.1" }));
  });
  await new Promise<void>((listens) => engine.listen(socket, listens));
  const found = await docker.run(machine({ env: { DOCKER_HOST: `unix://${socket}` } }));
  engine.close();
  engine.closeAllConnections();
  rmSync(folder, { recursive: true });
  expect(found.text).toBe("Docker answers, and can build the image");
});

test.each([[{ env: { DOCKER_HOST: "ssh://none" } }], [{ platform: "win32" } as const]])(
  "a Docker behind ssh or a pipe of Windows is not asked: %#",
  async (parts) => {
    expect(await docker.run(machine(parts))).toMatchObject({
      state: "unchecked",
      text: "a Docker behind ssh or a pipe of Windows is not asked",
    });
  },
);
