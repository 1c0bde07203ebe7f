import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { Access } from "../../kube/access.ts";
import { Authority } from "../../kube/authority.ts";
import { ConnectProxy } from "./support/connectProxy.ts";
import { base64, TlsApi } from "./support/tlsApi.ts";

interface Who {
  readonly user: string | null;
}

let api: TlsApi;
let folder: string;

beforeAll(async () => {
  api = await TlsApi.start();
  folder = mkdtempSync(join(tmpdir(), "access-"));
});

afterAll(() => {
  api.stop();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  api.asked.length = 0;
});

afterEach(() => {
  vi.unstubAllEnvs();
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("a cluster's authority counts also without a user, and its data before its file", async () => {
  const { object } = await api.client().get<Who>("/");
  expect(object).toEqual({ user: null });
  const wrong = file("wrong.crt", (await Authority.create("other", 1)).certificate);
  const both = api.client({}, { "certificate-authority": wrong });
  expect((await both.get<Who>("/")).object).toEqual({ user: null });
});

test("a client certificate is that of its files, or its data", async () => {
  const pair = await api.authority.issue({ user: "jane", end: "client" }, 1);
  const files = {
    "client-certificate": file("jane.crt", pair.certificate),
    "client-key": file("jane.key", pair.key),
  };
  const data = {
    "client-certificate-data": base64(pair.certificate),
    "client-key-data": base64(pair.key),
  };
  for (const user of [files, data, { ...data, "client-certificate": "/nowhere" }]) {
    expect((await api.client(user).get<Who>("/")).object).toEqual({ user: "jane" });
  }
});

test.each([
  ["a token", { token: "t" }, { authorization: "Bearer t" }],
  ["a password", { username: "me", password: "p" }, { authorization: `Basic ${base64("me:p")}` }],
  [
    "another user",
    {
      token: "t",
      as: "jane",
      "as-groups": ["a", "b"],
      "as-uid": "7",
      "as-user-extra": { x: ["1"] },
    },
    {
      authorization: "Bearer t",
      "impersonate-user": "jane",
      "impersonate-group": "a, b",
      "impersonate-uid": "7",
      "impersonate-extra-x": "1",
    },
  ],
])("%s is shown as kubectl shows it", async (_, user, headers) => {
  await api.client(user).get("/");
  expect(api.asked).toMatchObject([headers]);
});

test("a token's file counts before the token, and is read again", async () => {
  const tokenFile = file("token", "first\n");
  const client = api.client({ token: "old", tokenFile });
  await client.get("/");
  api.reply = ({ headers }) => (headers.authorization === "Bearer first" ? 401 : 200);
  file("token", "second");
  await client.get("/");
  api.reply = () => 200;
  const shown = api.asked.map(({ authorization }) => authorization);
  expect(shown).toEqual(["Bearer first", "Bearer first", "Bearer second"]);
  await api.client({ token: "old", tokenFile: "/nowhere" }).get("/");
  expect(api.asked.at(-1)?.authorization).toBe("Bearer old");
});

test("a server may be checked by another name, or not at all", async () => {
  const other = await TlsApi.start(["api.lab"]);
  await expect(other.client().get("/")).rejects.toThrow("is for other names");
  await other.client({}, { "tls-server-name": "api.lab" }).get("/");
  const blind = { "certificate-authority-data": "", "insecure-skip-tls-verify": true };
  await other.client({}, blind).get("/");
  expect(other.asked).toHaveLength(2);
  other.stop();
});

test("a cluster's proxy counts before the environment's, and each is used", async () => {
  const target = { host: "127.0.0.1", port: api.port };
  const [own, common] = [await ConnectProxy.start(target), await ConnectProxy.start(target)];
  vi.stubEnv("HTTPS_PROXY", common.url);
  const far = { server: "https://api.lab:6443" };
  await api.client({}, { ...far, "proxy-url": own.url }).get("/");
  expect([own.reached, common.reached]).toEqual([["api.lab:6443"], []]);
  await api.client({}, far).get("/");
  expect(common.reached).toEqual(["api.lab:6443"]);
  vi.stubEnv("NO_PROXY", "lab");
  const direct = api.client({}, far).get("/", 5);
  await expect(direct).rejects.toThrow(/DNS .* api\.lab, (ENOTFOUND|EAI_AGAIN)$/);
  await Promise.all([own.stop(), common.stop()]);
});

test.each([
  [{ server: "api.lab:6443", "certificate-authority": "ca.crt" }, "https://api.lab:6443"],
  [{ server: "localhost:8001" }, "http://localhost:8001"],
  [{ server: "https://api.lab/path/" }, "https://api.lab/path"],
])("%j is at %s", (cluster, server) => {
  expect(new Access("lab", { cluster, user: {} }).server).toBe(server);
});

test("a login by OpenID Connect shows the token that the kubeconfig has", async () => {
  const claims = base64(JSON.stringify({ exp: Date.now() / 1000 + 600 }));
  const token = `${base64("{}")}.${claims}.x`;
  await api.client({ "auth-provider": { name: "oidc", config: { "id-token": token } } }).get("/");
  expect(api.asked.at(-1)?.authorization).toBe(`Bearer ${token}`);
});

test("an address that is no URL is told", () => {
  const at = (cluster: object) => () =>
    new Access("lab", { cluster: { server: "https://lab", ...cluster }, user: {} });
  expect(at({ server: "https://" })).toThrow(
    'the cluster of context lab is at "https://", which is no URL — it must be one, such as https://HOST:PORT — correct the kubeconfig',
  );
  expect(at({ server: "unix:///run/api.sock" })).toThrow('is at "unix:///run/api.sock", which');
});

test("a proxy of another kind than kubectl's is told, without its password", () => {
  const at = (cluster: object) => () =>
    new Access("lab", { cluster: { server: "https://lab", ...cluster }, user: {} });
  const allowed = "it must be one, such as http://HOST:PORT or socks5://HOST:PORT";
  for (const proxy of ["proxy", "proxy.lab:3128", "127.0.0.1:3128", "ftp://proxy"]) {
    expect(at({ "proxy-url": proxy })).toThrow(
      `the cluster of context lab has the proxy-url "${proxy}", which is no URL of a proxy — ${allowed} — correct the kubeconfig`,
    );
  }
  vi.stubEnv("HTTPS_PROXY", "ftp://me:secret@proxy");
  expect(at({})).toThrow(
    `HTTPS_PROXY is "ftp://…@proxy", which is no URL of a proxy — ${allowed} — correct it`,
  );
});

test("a plugin is not asked where the user has another login, as for kubectl", async () => {
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "no-such-program" };
  await api.client({ exec, token: "own" }).get("/");
  expect(api.asked.at(-1)?.authorization).toBe("Bearer own");
});

test("an OpenID login that cannot be renewed is told as a login", async () => {
  const ended = `${base64("{}")}.${base64(JSON.stringify({ exp: 1 }))}.x`;
  const config = { "id-token": ended, "idp-issuer-url": "https://127.0.0.1:1", "client-id": "lab" };
  const client = api.client({
    "auth-provider": { name: "oidc", config: { ...config, "refresh-token": "r" } },
  });
  await expect(client.get("/")).rejects.toMatchObject({
    message: expect.stringMatching(/^auth-provider oidc gives no login \(.+\)$/) as string,
    remedy: "log in again as the cluster's pages say",
  });
});

test("a login that kubectl no longer has is refused with what to do", () => {
  const entries = { cluster: api.cluster(), user: { "auth-provider": { name: "gcp" } } };
  expect(() => new Access("lab", entries)).toThrow(
    "context lab logs in by auth-provider gcp, which kubectl has not had since 1.26 — a login is a token, a certificate, an exec plugin or oidc — get the kubeconfig anew from whoever runs the cluster, as the cloud's own command writes it",
  );
});
