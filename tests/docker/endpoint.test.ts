import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { dockerEndpoint, exportOf } from "../../docker/endpoint.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "docker-config-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Ids of contexts, as Docker's command line names their folders: `printf colima | sha256sum`. */
const IDS = {
  colima: "f24fd3749c1368328e2b149bec149cb6795619f244c5b584e844961215dadd16",
};

/** Writes a context as `docker context create` does. */
function context(name: keyof typeof IDS, endpoints: object): void {
  const meta = join(folder, "contexts/meta", IDS[name]);
  mkdirSync(meta, { recursive: true });
  writeFileSync(
    join(meta, "meta.json"),
    JSON.stringify({ Name: name, Metadata: {}, Endpoints: endpoints }),
  );
}

function config(text: string): void {
  writeFileSync(join(folder, "config.json"), text);
}

const COLIMA = { docker: { Host: "unix:///home/me/.colima/docker.sock", SkipTLSVerify: false } };

it("takes DOCKER_HOST before any context", () => {
  context("colima", COLIMA);
  config('{"currentContext": "colima"}');
  const env = { DOCKER_CONFIG: folder, DOCKER_HOST: "tcp://here:2375", DOCKER_CONTEXT: "colima" };
  expect(dockerEndpoint(env)).toEqual({ host: "tcp://here:2375" });
});

it("takes the context of `docker context use`", () => {
  context("colima", COLIMA);
  config('{"auths": {}, "currentContext": "colima"}');
  expect(dockerEndpoint({ DOCKER_CONFIG: folder })).toEqual({
    host: "unix:///home/me/.colima/docker.sock",
    context: "colima",
  });
});

it("takes DOCKER_CONTEXT before the context of `docker context use`", () => {
  context("colima", COLIMA);
  config('{"currentContext": "gone"}');
  const env = { DOCKER_CONFIG: folder, DOCKER_CONTEXT: "colima" };
  expect(dockerEndpoint(env).context).toBe("colima");
});

it.each([
  ["no config file", undefined, {}],
  ["a config file that names none", '{"auths": {}}', {}],
  ["the context default", '{"currentContext": "default"}', {}],
  ["DOCKER_CONTEXT=default", '{"currentContext": "gone"}', { DOCKER_CONTEXT: "default" }],
])("takes Docker's usual sockets with %s", (_, text, env) => {
  if (text !== undefined) config(text);
  expect(dockerEndpoint({ DOCKER_CONFIG: folder, ...env })).toEqual({});
});

it("finds the certificates of a context", () => {
  context("colima", { docker: { Host: "tcp://far:2376" } });
  const certPath = join(folder, "contexts/tls", IDS.colima, "docker");
  mkdirSync(certPath, { recursive: true });
  const endpoint = dockerEndpoint({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: "colima" });
  expect(endpoint).toEqual({ host: "tcp://far:2376", context: "colima", certPath });
  expect(exportOf(endpoint)).toBe(
    `export DOCKER_HOST=tcp://far:2376 DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=${certPath}`,
  );
});

it("quotes an address with a space for the shell", () => {
  expect(exportOf({ host: "unix:///Users/a b/docker.sock" })).toBe(
    "export DOCKER_HOST='unix:///Users/a b/docker.sock'",
  );
});

it.each([
  [
    "config.json",
    {},
    (file: string) =>
      `${file} names Docker's context "gone", which is not there — it may be default, colima — docker context use default`,
  ],
  [
    "DOCKER_CONTEXT",
    { DOCKER_CONTEXT: "lost" },
    () =>
      'DOCKER_CONTEXT names Docker\'s context "lost", which is not there — it may be default, colima — unset DOCKER_CONTEXT',
  ],
])("says which contexts there are when %s names one that is not", (_, env, sentence) => {
  context("colima", COLIMA);
  config('{"currentContext": "gone"}');
  expect(() => dockerEndpoint({ DOCKER_CONFIG: folder, ...env })).toThrow(
    sentence(join(folder, "config.json")),
  );
});

it("refuses a context that is for something else than Docker", () => {
  context("colima", { kubernetes: { Host: "https://cluster" } });
  expect(() => dockerEndpoint({ DOCKER_CONFIG: folder, DOCKER_CONTEXT: "colima" })).toThrow(
    `Docker's context "colima" names no Docker — it may be default, colima — unset DOCKER_CONTEXT`,
  );
});

it("names a file of Docker's that cannot be read", () => {
  config("{");
  const file = join(folder, "config.json");
  expect(() => dockerEndpoint({ DOCKER_CONFIG: folder })).toThrow(
    new RegExp(
      `^${file} cannot be read \\(.+\\) — Docker's own command line writes it — correct it, or remove it$`,
    ),
  );
});
