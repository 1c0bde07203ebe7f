import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { clientOf, clientOfFile, type KubeClient } from "../../kube/client.ts";
import { NoContext, Refused, Unreachable } from "../../kube/errors.ts";
import { ConnectProxy } from "./support/connectProxy.ts";

let folder: string;
let server: Server;
let client: KubeClient;
const asked: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "kube-client-"));
  const codes: Record<string, number> = {
    "/gone": 404,
    "/secret": 403,
    "/busy": 429,
    "/broken": 503,
    "/fault": 500,
  };
  server = createServer(({ method = "", url = "", headers }, response) => {
    asked.push(`${method} ${url}`);
    const tries = asked.filter((one) => one === "GET /soon").length;
    codes["/soon"] = [200, 429, 503][tries] ?? 200;
    if (url === "/slow") return;
    const refused = url === "/openid/v1/jwks" && !headers.accept?.includes("*/*");
    response.writeHead(refused ? 406 : (codes[url] ?? 200), {
      date: "Wed, 25 Nov 2026 12:00:00 GMT",
    });
    response.end(url === "/text" ? "ok" : JSON.stringify({ message: "no\nsuch thing", url }));
  });
  await new Promise<void>((listens) => server.listen(0, "127.0.0.1", listens));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = {
    clusters: [
      {
        name: "lab",
        cluster: { server: `http://127.0.0.1:${port}/`, "insecure-skip-tls-verify": true },
      },
    ],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "me" } }],
    users: [{ name: "me", user: {} }],
    "current-context": "lab",
  };
  writeFileSync(join(folder, "config"), JSON.stringify(kubeconfig));
  vi.stubEnv("KUBECONFIG", join(folder, "config"));
  client = clientOf("lab");
});

afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

it("gets an object with the server's clock, and a text as it is", async () => {
  const { object, now } = await client.get<{ url: string }>("/thing");
  expect(object.url).toBe("/thing");
  expect(now).toBe(Date.parse("2026-11-25T12:00:00Z"));
  expect(await client.text("/text")).toBe("ok");
});

it("gets JSON that is served under another type only, as the token keys are", async () => {
  const { object } = await client.get<{ url: string }>("/openid/v1/jwks");
  expect(object.url).toBe("/openid/v1/jwks");
});

it("finds the cluster of a kubeconfig file by its current context", async () => {
  const one = clientOfFile(join(folder, "config"));
  expect(one.context).toBe("lab");
  expect(await one.text("/text")).toBe("ok");
});

it("deletes, and takes what is gone already for deleted", async () => {
  await client.delete("/thing");
  await client.delete("/gone");
  expect(asked).toContain("DELETE /thing");
});

it.each([
  ["/gone", 404, "run `pulumi up`"],
  ["/secret", 403, "ask for that right, or use another context"],
])("throws what the API server refuses, with a remedy: %s", async (path, code, remedy) => {
  const error = await client.get(path).catch((fault: unknown) => fault);
  expect(error).toBeInstanceOf(Refused);
  expect(error).toMatchObject({
    code,
    message: `the API server answers ${code}: no such thing — ${remedy}`,
  });
});

it.each([
  ["/busy", "the API server is busy: it answers 429"],
  ["/broken", "the API server is busy: it answers 503"],
  ["/fault", "the API server has a fault: it answers 500"],
  ["/slow", /^no answer of 127\.0\.0\.1:\d+ within 0\.2 s$/],
])("throws Unreachable for an answer that may come later: %s", async (path, message) => {
  const error = await client.get(path, 0.2).catch((fault: unknown) => fault);
  expect(error).toBeInstanceOf(Unreachable);
  expect((error as Error).message).toMatch(message);
});

it("asks a busy API server again until it answers, and makes no object twice", async () => {
  expect((await client.get<{ url: string }>("/soon")).object.url).toBe("/soon");
  expect(asked.filter((one) => one === "GET /soon")).toHaveLength(3);
  await expect(client.post("/broken", {})).rejects.toThrow("it answers 503");
  expect(asked.filter((one) => one === "POST /broken")).toHaveLength(1);
});

it("names the contexts that there are when one is missing", () => {
  expect(() => clientOf("other")).toThrow(NoContext);
  expect(() => clientOf("other")).toThrow(
    "context other is not in the kubeconfig — there are: lab — pulumi config set context <name>",
  );
});

it("takes a kubeconfig that is not there for one without contexts, and tells of a broken one", () => {
  const known = process.env.KUBECONFIG ?? "";
  vi.stubEnv("KUBECONFIG", join(folder, "nothing"));
  expect(() => clientOf("lab")).toThrow(
    `context lab is not in the kubeconfig — there are: none, as no file is at ${join(folder, "nothing")} — export KUBECONFIG=<file>, or pulumi config set context <name>`,
  );
  const broken = join(folder, "broken");
  writeFileSync(broken, "{");
  vi.stubEnv("KUBECONFIG", broken);
  expect(() => clientOf("lab")).toThrow(
    new RegExp(`^the kubeconfig cannot be read \\(.+\\) — .+ — correct ${broken}$`),
  );
  vi.stubEnv("KUBECONFIG", known);
});

it("reaches the API server through the environment's proxy", async () => {
  const { port } = server.address() as AddressInfo;
  const proxy = await ConnectProxy.start({ host: "127.0.0.1", port });
  const config = JSON.parse(readFileSync(join(folder, "config"), "utf8")) as {
    clusters: [{ cluster: { server: string } }];
  };
  config.clusters[0].cluster.server = "http://api.lab:6443";
  writeFileSync(join(folder, "far"), JSON.stringify(config));
  vi.stubEnv("KUBECONFIG", join(folder, "far"));
  vi.stubEnv("HTTP_PROXY", proxy.url);
  try {
    expect((await clientOf("lab").get<{ url: string }>("/thing")).object.url).toBe("/thing");
    expect(proxy.reached).toEqual(["api.lab:6443"]);
  } finally {
    vi.stubEnv("KUBECONFIG", join(folder, "config"));
    vi.stubEnv("HTTP_PROXY", undefined);
    await proxy.stop();
  }
});
