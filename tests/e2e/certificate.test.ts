import { X509Certificate } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, test } from "vitest";

import { until } from "./faults/support/pod.ts";
import { Up } from "./faults/support/up.ts";
import { Checkout } from "../../dev/checkout.ts";
import { tinyStack } from "./support/tinyStack.ts";

const MINUTE = 60_000;
const DAY = 24 * 3600 * 1000;
const ROUNDS = 20;
let checkout: Checkout;
let calm: string;
/** All that was printed. */
const printed: string[] = [];
/** Arguments and environments of the processes that ran while the certificate was renewed. */
const processes = new Set<string>();

beforeAll(async () => {
  checkout = await Checkout.make("cert", 13);
  await tinyStack(checkout);
  await checkout.pulumi("config", "set", "rounds", String(ROUNDS));
  printed.push(await checkout.local("up"));
  calm = (await checkout.result()).modelSha256;
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** A part of the Secret that the server's pods are given, as Kubernetes has it. */
async function secret(part: "crt" | "key"): Promise<string> {
  const volume = '{.spec.template.spec.volumes[?(@.name=="certificate")].secret.secretName}';
  const name = await checkout.kubectl(
    ...["get", "deploy/flower-server", "-o", `jsonpath=${volume}`],
  );
  return checkout.kubectl("get", `secret/${name}`, "-o", `jsonpath={.data.tls\\.${part}}`);
}

async function certificate(): Promise<X509Certificate> {
  return new X509Certificate(Buffer.from(await secret("crt"), "base64"));
}

interface Export {
  readonly deployment: {
    readonly resources: {
      readonly type: string;
      readonly outputs?: { metadata?: { creationTimestamp?: string } };
    }[];
  };
}

/** Has the stack believe that its identity was made so many days earlier. */
async function age(days: number): Promise<void> {
  const state = JSON.parse(await checkout.pulumi("stack", "export")) as Export;
  const account = state.deployment.resources.find(
    ({ type }) => type === "kubernetes:core/v1:ServiceAccount",
  );
  const metadata = account?.outputs?.metadata;
  if (metadata?.creationTimestamp === undefined) throw new Error("no ServiceAccount in the state");
  const then = Date.parse(metadata.creationTimestamp) - days * DAY;
  metadata.creationTimestamp = new Date(then).toISOString();
  const file = join(checkout.folder, "aged.json");
  await writeFile(file, JSON.stringify(state));
  await checkout.pulumi("stack", "import", "--file", file);
}

async function watchProcesses(over: () => boolean): Promise<void> {
  while (!over()) {
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name)))
      for (const file of ["cmdline", "environ"])
        processes.add(await readFile(`/proc/${pid}/${file}`, "utf8").catch(() => ""));
    await sleep(50);
  }
}

test("a certificate is good for a year and for the server's names", async () => {
  const { validTo, subjectAltName } = await certificate();
  const days = (Date.parse(validTo) - Date.now()) / DAY;
  expect(days).toBeGreaterThan(364.5);
  expect(days).toBeLessThan(365.1);
  expect(subjectAltName?.split(", ")).toEqual(
    [
      "service-server",
      "service-server.kubeflower",
      "service-server.kubeflower.svc",
      "service-server.kubeflower.svc.cluster.local",
    ].map((name) => `DNS:${name}`),
  );
});

test(
  "it is renewed when a third of its time is left; a run of 20 rounds goes on through that and another restart",
  { timeout: 6 * MINUTE },
  async () => {
    const [old, clients] = [await certificate(), await checkout.uids("flower-client")];
    await age(243);
    await checkout.pulumi("config", "set", "runToken", "renewed");
    await checkout.pulumi("config", "set", "--path", "runConfig.pause", "2");
    await checkout.pulumi("config", "set", "wait", "false");
    await checkout.pulumi("up", "--yes", "--skip-preview");
    expect((await certificate()).serialNumber).toBe(old.serialNumber);

    await age(1);
    await checkout.pulumi("config", "set", "wait", "true");
    const before = await checkout.uids("flower-server");
    const up = new Up(checkout);
    const watched = watchProcesses(() => up.code !== undefined);
    const said = (text: RegExp): Promise<true> =>
      until(String(text), () => Promise.resolve(text.test(up.said) || undefined));
    await said(/round +\d+\/20/);
    const renewed = await checkout.uids("flower-server");
    await said(/round 1\d\/20/);
    await checkout.kubectl("delete", "pod", "-l", "app=flower-server", "--wait=false");
    expect(await up.ended, up.said).toBe(0);
    await watched;
    printed.push(up.said);

    const fresh = await certificate();
    expect(fresh.serialNumber).not.toBe(old.serialNumber);
    expect(fresh.issuer).toBe(old.issuer);
    expect(renewed).not.toBe(before);
    expect(await checkout.uids("flower-server")).not.toBe(renewed);
    expect(await checkout.uids("flower-client")).toBe(clients);
    expect(await checkout.result()).toMatchObject({
      state: "completed",
      rounds: ROUNDS,
      modelSha256: calm,
    });
  },
);

/** Every file below a folder. */
async function contents(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "utf8")));
}

test(
  "no private key and no token is in the state, in what is printed or in a process list",
  { timeout: 3 * MINUTE },
  async () => {
    const plain = await checkout.pulumi("stack", "export", "--show-secrets");
    const keys = [...plain.matchAll(/BEGIN PRIVATE KEY-----(.+?)-----END/g)].map(([, key]) => key);
    // The authority's and the server's.
    expect(new Set(keys).size).toBeGreaterThanOrEqual(2);
    const lines = keys.flatMap((key = "") => key.match(/[A-Za-z0-9+/=]{20,}/g) ?? []);
    const tokens = await Promise.all(
      [0, 1].map((k) =>
        checkout.kubectl("exec", `flower-client-${k}`, "--", "cat", "/var/run/kubeflower/token"),
      ),
    );
    const secrets = [
      ...lines,
      ...((await secret("key")).match(/.{40}/g) ?? []),
      ...tokens.map((token) => token.split(".")[2] ?? ""),
    ];
    for (const one of secrets) expect(one.length).toBeGreaterThan(10);

    const { id } = await checkout.result();
    const cli = ["--import", "tsx", "cli/kubeflower.ts", "follow", "--context", "kubeflower-cert"];
    const described = "all,configmaps,secrets,serviceaccounts,networkpolicies,pdb,pvc";
    const texts = [
      ...printed,
      ...(await contents(join(checkout.folder, "kubeflower/stacks"))),
      await checkout.pulumi("stack", "export"),
      await checkout.pulumi("stack", "output", "--json"),
      await checkout.pulumi("preview", "--diff", "--json"),
      await checkout.pulumi("preview", "--diff"),
      (await checkout.ended(process.execPath, [...cli, "--run", id])).said,
      await checkout.kubectl("describe", described),
      await checkout.kubectl("logs", "deploy/flower-server"),
      await checkout.kubectl("logs", "flower-client-0"),
      await checkout.kubectl("logs", "flower-client-1"),
    ];
    for (const text of texts) expect(text).not.toBe("");
    const everywhere = [...texts, ...processes];
    const found = secrets.filter((one) => everywhere.some((text) => text.includes(one)));
    expect(found.map((one) => `${one.slice(0, 4)}…`)).toEqual([]);
    expect(texts.filter((text) => text.includes("PRIVATE KEY"))).toEqual([]);
  },
);
