import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { clusterId } from "../../components/clusterId.ts";

let folder: string;
let api: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cluster-id-"));
  api = createServer(({ url }, response) => {
    const known = url === "/api/v1/namespaces/kube-system";
    response.writeHead(known ? 200 : 403);
    response.end(JSON.stringify(known ? { metadata: { uid: "1234" } } : { kind: "Status" }));
  });
  await new Promise<void>((listens) => api.listen(0, "127.0.0.1", listens));
  const { port } = api.address() as AddressInfo;
  // The client takes plain HTTP from such a cluster only.
  const plain = { "insecure-skip-tls-verify": true };
  const cluster = (name: string, server: string) => ({ name, cluster: { server, ...plain } });
  const context = (name: string) => ({ name, context: { cluster: name, user: "me" } });
  const kubeconfig = {
    clusters: [
      cluster("lab", `http://127.0.0.1:${port}`),
      cluster("forbidden", `http://127.0.0.1:${port}/other`),
      cluster("gone", "https://127.0.0.1:1"),
    ],
    contexts: [context("lab"), context("forbidden"), context("gone")],
    users: [{ name: "me", user: {} }],
    "current-context": "gone",
  };
  writeFileSync(join(folder, "config"), JSON.stringify(kubeconfig));
  vi.stubEnv("KUBECONFIG", join(folder, "config"));
});

afterAll(() => {
  vi.unstubAllEnvs();
  api.close();
  rmSync(folder, { recursive: true });
});

it("is the UID of kube-system in the context asked for, not in the current one", async () => {
  expect(await clusterId("lab", true)).toBe("1234");
});

it("is empty when this user may not see it", async () => {
  expect(await clusterId("forbidden", true)).toBe("");
});

it.each(["gone", "unknown"])(
  "is empty when the cluster is %s and none is needed",
  async (context) => {
    expect(await clusterId(context, false)).toBe("");
  },
);

it("is empty when there is no kubeconfig and no cluster is needed", async () => {
  vi.stubEnv("KUBECONFIG", join(folder, "none"));
  expect(await clusterId("lab", false)).toBe("");
  vi.stubEnv("KUBECONFIG", join(folder, "config"));
});

it.each([
  [
    "gone",
    "the cluster of context gone does not answer (connect ECONNREFUSED 127.0.0.1:1) — `pulumi up` needs it — start it, or take another: pulumi config set context <name>",
  ],
  [
    "unknown",
    "context unknown is not in the kubeconfig — there are: lab, forbidden, gone — pulumi config set context <name>",
  ],
])("fails in one sentence when the cluster is %s and needed", async (context, message) => {
  const error: unknown = await clusterId(context, true).catch((fault: unknown) => fault);
  expect(RunError.isInstance(error)).toBe(true);
  expect((error as Error).message).toBe(message);
});
