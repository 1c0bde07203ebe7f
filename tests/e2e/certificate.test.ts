import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, test } from "vitest";

import { Up } from "./faults/support/up.ts";
import type { Checkout } from "../../dev/checkout.ts";
import { sharedCheckout } from "./support/sharedCheckout.ts";
import { TinyRun } from "./support/tinyRun.ts";
import { until } from "./support/until.ts";

const NAMESPACE = "certificate";
const MINUTE = 60_000;
const DAY = 24 * 3600 * 1000;
const ROUNDS = 20;
let checkout: Checkout;
let calm: string;
/** Everything that `pulumi up` has printed. */
const printed: string[] = [];
/** Arguments and environments of the processes that ran while the certificate was renewed. */
const processes = new Set<string>();

beforeAll(async () => {
  checkout = await sharedCheckout(NAMESPACE);
  await checkout.set({ app: "tests/app/tiny", rounds: String(ROUNDS) });
  printed.push(await checkout.pulumi("up", "--yes", "--skip-preview"));
  calm = (await checkout.result()).modelSha256;
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Reads a part of the Secret that the server's pods mount, in base64. */
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

/** Makes the stack believe that its identity was made this many days earlier. */
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

/** Collects the arguments of all processes until `over`, and the environment of each process whose arguments are new. */
async function watchProcesses(over: () => boolean): Promise<void> {
  const known = new Map<string, string>();
  while (!over()) {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const line = ofProcess(pid, "cmdline");
      if (known.get(pid) === line) continue;
      known.set(pid, line);
      processes.add(line).add(ofProcess(pid, "environ"));
    }
    await sleep(50);
  }
}

/** Reads a file of a process; returns an empty text when the process has ended. */
function ofProcess(pid: string, file: "cmdline" | "environ"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** Waits until the server has one pod only, and another one than `before`; returns its UID. */
function nextServer(before: string): Promise<string> {
  return until("another pod of the server", async () => {
    const now = await checkout.uids("flower-server");
    return /^\S+$/.test(now) && now !== before ? now : undefined;
  });
}

test("a certificate is good for a year and for the server's names", async () => {
  const { validTo, subjectAltName } = await certificate();
  const days = (Date.parse(validTo) - Date.now()) / DAY;
  expect(days).toBeGreaterThan(364.5);
  expect(days).toBeLessThan(365.1);
  expect(subjectAltName?.split(", ")).toEqual(
    [
      "service-server",
      `service-server.${NAMESPACE}`,
      `service-server.${NAMESPACE}.svc`,
      `service-server.${NAMESPACE}.svc.cluster.local`,
    ].map((name) => `DNS:${name}`),
  );
});

test(
  "it is renewed when a third of its time is left; a run of 20 rounds goes on through that and another restart",
  { timeout: 10 * MINUTE },
  async () => {
    const [old, clients] = [await certificate(), await checkout.uids("flower-client")];
    await age(243);
    await checkout.set({ runToken: "renewed", runConfig: '{"hold":"3,12"}', wait: "false" });
    await checkout.pulumi("up", "--yes", "--skip-preview");
    const run = new TinyRun(checkout, (await checkout.result()).id);
    await run.holds(3);
    expect((await certificate()).serialNumber).toBe(old.serialNumber);

    await age(1);
    await checkout.set({ wait: "true" });
    const before = await checkout.uids("flower-server");
    const up = new Up(checkout);
    const watched = watchProcesses(() => up.code !== undefined);
    const renewed = await nextServer(before);
    await run.holds(3);
    await run.goOn(3);
    await run.holds(12);
    const followed = (): Promise<true | undefined> =>
      Promise.resolve(up.said.includes("round 11/20") || undefined);
    await until("round 11 in what `up` prints", followed);
    await checkout.kubectl("delete", "pod", "-l", "app=flower-server", "--wait=false");
    const restarted = await nextServer(renewed);
    await run.holds(12);
    await run.goOn(12);
    expect(await up.ended, up.said).toBe(0);
    await watched;
    printed.push(up.said);

    const fresh = await certificate();
    expect(fresh.serialNumber).not.toBe(old.serialNumber);
    expect(fresh.issuer).toBe(old.issuer);
    expect(new Set([before, renewed, restarted]).size).toBe(3);
    expect(await checkout.uids("flower-server")).toBe(restarted);
    expect(await checkout.uids("flower-client")).toBe(clients);
    expect(await checkout.result()).toMatchObject({
      state: "completed",
      rounds: ROUNDS,
      modelSha256: calm,
    });
  },
);

/** Reads every file below a folder. */
async function contents(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "utf8")));
}

test(
  "no private key and no token is in the state, in what is printed or in a process list",
  { timeout: 10 * MINUTE },
  async () => {
    const plain = await checkout.pulumi("stack", "export", "--show-secrets");
    const keys = [...plain.matchAll(/BEGIN PRIVATE KEY-----(.+?)-----END/g)].map(([, key]) => key);
    // One key is the authority's, the other the server's.
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
    const cli = ["cli/kubeflower.mjs", "follow", "--context", checkout.context];
    const described = "all,configmaps,secrets,serviceaccounts,networkpolicies,pdb,pvc";
    const texts = [
      ...printed,
      ...(await contents(join(checkout.folder, "kubeflower/stacks"))),
      await checkout.pulumi("stack", "export"),
      await checkout.pulumi("stack", "output", "--json"),
      await checkout.pulumi("preview", "--diff", "--json"),
      await checkout.pulumi("preview", "--diff"),
      (await checkout.ended(process.execPath, [...cli, "--namespace", NAMESPACE, "--run", id]))
        .said,
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
