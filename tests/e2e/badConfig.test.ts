import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";

import { Checkout, type Ended } from "../../dev/checkout.ts";
import { badBatches } from "./support/badBatches.ts";

const MINUTE = 60_000;
const IMAGE = `registry.example/kubeflower@sha256:${"a".repeat(64)}`;
let checkout: Checkout;
let cluster: Server;
/** Requests that came to the cluster behind every context. */
const asked: string[] = [];

beforeAll(async () => {
  checkout = await Checkout.withoutCluster();
  await checkout.pulumi("stack", "init", "dev");
  cluster = createServer((request, response) => {
    asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
    response.writeHead(503).end();
  });
  await new Promise<void>((done) => cluster.listen(0, "127.0.0.1", done));
  const { port } = cluster.address() as AddressInfo;
  const server = { name: "it", cluster: { server: `http://127.0.0.1:${String(port)}` } };
  const contexts = ["minikube", "lab"].map((name) => ({
    name,
    context: { cluster: "it", user: "" },
  }));
  const kubeconfig = { apiVersion: "v1", kind: "Config", clusters: [server], contexts };
  await writeFile(join(checkout.folder, "kubeconfig"), stringify(kubeconfig));
}, 45 * MINUTE);

afterAll(async () => {
  cluster.close();
  await checkout.remove();
}, 5 * MINUTE);

function preview(...args: string[]): Promise<Ended> {
  return checkout.ended("pulumi", ["preview", "-s", "dev", "--non-interactive", ...args], 5);
}

/** Returns what Pulumi prints under "Diagnostics:". */
function diagnostics(said: string): string {
  return /^Diagnostics:\n(.*?)\n\n/ms.exec(said)?.[1] ?? `no diagnostics:\n${said}`;
}

function shown(message: string): string {
  const head = "  pulumi:pulumi:Stack (kubeflower-dev):\n    error: ";
  return head + message.split("\n").join("\n    ");
}

/** Builds a stack's config file, with objects as `pulumi config set --path` writes them. */
function configFile(values: Readonly<Record<string, string>>): string {
  const entries = Object.entries(values).map(([key, value]) => [
    `kubeflower:${key}`,
    value.startsWith("{") ? (parse(value) as object) : value,
  ]);
  return stringify({ config: Object.fromEntries(entries) as object });
}

describe.concurrent("`pulumi preview` refuses", () => {
  test.each(
    badBatches().map((batch, at) => ({ ...batch, at, keys: Object.keys(batch.values).join(", ") })),
  )("wrong $keys", { timeout: 10 * MINUTE }, async ({ values, refusal, at }) => {
    // The tests run side by side: each has a file of its own.
    const file = join(checkout.folder, `${String(at)}.yaml`);
    await writeFile(file, configFile(values));
    const { code, said } = await preview("--config-file", file);
    expect(diagnostics(said)).toBe(shown(refusal));
    expect(code).toBe(1);
  });
});

test("after all of it the stack has no resource and no cluster was asked for anything", async () => {
  const { deployment } = JSON.parse(await checkout.pulumi("stack", "export", "-s", "dev")) as {
    deployment: { resources?: unknown[] };
  };
  expect(deployment.resources ?? []).toEqual([]);
  expect(asked).toEqual([]);
});

test(
  "the commands of a refusal mend the stack, and its preview goes through",
  { timeout: 10 * MINUTE },
  async () => {
    const config = {
      cluster: "remote",
      context: "lab",
      image: IMAGE,
      rounds: "2.5",
      clients: "3",
      min: "2",
      banana: "1",
      runConfig: '{"alfa":0.1}',
      clientResources: '{"memory":"lots"}',
    };
    const file = join(checkout.sources, "Pulumi.dev.yaml");
    const { encryptionsalt } = parse(await readFile(file, "utf8")) as { encryptionsalt: string };
    await writeFile(file, configFile(config) + stringify({ encryptionsalt }));
    const refused = await preview();
    expect(refused.said).toContain("error: 5 settings are wrong:");
    const lines = diagnostics(refused.said).split("\n").slice(2);
    for (const line of lines) {
      const [remedy = ""] = line.split(" — ").at(-1)?.split(", or ") ?? [];
      expect(await checkout.ended("sh", ["-c", remedy], 1)).toEqual({ code: 0, said: "" });
    }
    const mended = await preview();
    expect(mended.said).toContain("kubernetes:apps/v1:StatefulSet");
    expect(mended.code).toBe(0);
    expect(asked.length).toBeGreaterThan(0);
  },
);
