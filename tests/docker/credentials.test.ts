import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { authHeader, registryOf, storedCredentials } from "../../docker/credentials.ts";

const hub = "https://index.docker.io/v1/";
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "docker-config-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test.each([
  ["debian", hub],
  ["user/name:1", hub],
  ["docker.io/user/name", hub],
  ["localhost:5000/name:1", "localhost:5000"],
  ["localhost/name", "localhost"],
  ["ghcr.io/user/name@sha256:abc", "ghcr.io"],
])("%s is kept at %s", (image, registry) => {
  expect(registryOf(image)).toBe(registry);
});

test("credentials of docker login are found, also under an address with a scheme", async () => {
  const auth = Buffer.from("user:pass:word").toString("base64");
  const config = { auths: { "https://ghcr.io/v2/": { auth } } };
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const env = { DOCKER_CONFIG: folder };
  expect(await storedCredentials("ghcr.io", env)).toEqual({
    username: "user",
    password: "pass:word",
  });
  expect(await storedCredentials(hub, env)).toBeUndefined();
});

test("a credential helper is asked", async () => {
  const helper = join(folder, "docker-credential-test");
  const answer = `{"Username":"u","Secret":"of '$(cat)'"}`;
  await writeFile(helper, `#!/bin/sh\ncat <<EOF\n${answer}\nEOF\n`);
  await chmod(helper, 0o755);
  await writeFile(join(folder, "config.json"), JSON.stringify({ credsStore: "test" }));
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
  expect(await storedCredentials("ghcr.io", { DOCKER_CONFIG: folder })).toEqual({
    username: "u",
    password: "of 'ghcr.io'",
  });
});

test("a push without credentials says so in the way the engine wants", () => {
  const decode = (header: string): unknown =>
    JSON.parse(Buffer.from(header, "base64url").toString());
  expect(decode(authHeader("x", undefined))).toEqual({});
  expect(decode(authHeader("x", { username: "u", password: "p" }))).toEqual({
    username: "u",
    password: "p",
    serveraddress: "x",
  });
});
