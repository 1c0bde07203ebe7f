import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, expect, test } from "vitest";

import { API_SERVICE_ADDRESS, DNS_ADDRESS } from "../../local/cluster/addressPlan.ts";
import { command } from "../../local/tools/command.ts";
import { PAUSE_IMAGE } from "../../local/cluster/nodeServices.ts";
import { Sandbox } from "../../local/machine/sandbox.ts";
import { Checkout } from "../../dev/checkout.ts";

const MINUTE = 60_000;
const NAME = "guard";
const API = `${API_SERVICE_ADDRESS}:443`;
const DNS = `${DNS_ADDRESS}:53`;
const node = new Sandbox(`${NAME}/node-0`);
let checkout: Checkout;

beforeAll(async () => {
  checkout = await Checkout.make(NAME, 12);
  await checkout.local("cluster", "up");
  await apply(
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "open" } },
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "closed" } },
    policy("nothing", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
    policy("dns-of-some", {
      podSelector: { matchLabels: { dns: "yes" } },
      policyTypes: ["Egress"],
      egress: [{ ports: [{ protocol: "TCP", port: 53 }] }],
    }),
    pod("open", "free", `${connecting(600, API, DNS)} sleep 3600`),
  );
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

function policy(name: string, spec: object): object {
  const metadata = { name, namespace: "closed" };
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata, spec };
}

/** Returns Perl that tries to connect for this long, and prints each address once it is reached. */
function connecting(seconds: number, ...addresses: string[]): string {
  return `
    use IO::Socket::IP; $| = 1;
    my $end = time + ${String(seconds)};
    while (time < $end && keys %open < ${String(addresses.length)}) {
      for (qw(${addresses.join(" ")})) {
        my ($host, $port) = /(.*):(.*)/;
        my $peer = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Timeout => 0.05);
        print "$_\\n" if $peer && !$open{$_}++;
      }
    }`;
}

/** Describes a pod that runs the node's own Perl, as there is no image with a program. */
function pod(namespace: string, name: string, perl: string, labels = {}): object {
  const folders = ["usr", "lib", "lib64"].filter((folder) => existsSync(`/${folder}`));
  const container = {
    name: "perl",
    image: PAUSE_IMAGE,
    imagePullPolicy: "Never",
    command: ["/usr/bin/perl", "-e", perl],
    volumeMounts: folders.map((folder) => ({ name: folder, mountPath: `/${folder}` })),
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: {
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: [container],
      volumes: folders.map((folder) => ({ name: folder, hostPath: { path: `/${folder}` } })),
    },
  };
}

async function apply(...items: object[]): Promise<void> {
  const file = join(checkout.folder, "objects.json");
  await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  const { code, said } = await checkout.ended("kubectl", ["apply", "-f", file], 1);
  expect(code, said).toBe(0);
}

/** Returns what a pod has printed so far, or an error when its container has not started. */
function printed(namespace: string, name: string): Promise<string> {
  return checkout.kubectl("-n", namespace, "logs", name).catch(String);
}

/** Waits until pods of `closed` end; returns what they have printed. */
async function results(...names: string[]): Promise<string[]> {
  const pods = names.map((name) => `pod/${name}`);
  const end = ["--for=jsonpath={.status.phase}=Succeeded", "--timeout=5m"];
  await checkout.kubectl("-n", "closed", "wait", ...pods, ...end);
  return Promise.all(names.map((name) => printed("closed", name)));
}

/** Lists the addresses that the pod `free` reaches within 5 s. */
function reached(...addresses: string[]): Promise<string> {
  const perl = ["/usr/bin/perl", "-e", connecting(5, ...addresses)];
  return checkout.kubectl("-n", "open", "exec", "free", "--", ...perl);
}

/** Finds the process id, on the host, of a service of the node. */
async function service(name: string): Promise<number> {
  for (const pid of await node.servicePids()) {
    const line = await readFile(`/proc/${String(pid)}/cmdline`, "utf8").catch(() => "");
    // Skip the supervisor, whose arguments have the name and no options.
    if (new RegExp(`(^|[/\0])${name}\0--`).test(line)) return pid;
  }
  throw new Error(`${name} does not run`);
}

test("a pod without any policy connects", async () => {
  await expect.poll(() => printed("open", "free"), { timeout: 120_000 }).toContain(DNS);
  expect(await printed("open", "free")).toContain(API);
});

test("pods that may connect to nobody do not, from their first instruction on", async () => {
  // Start several at once: kube-router writes rules for some while others get their addresses.
  const names = ["a", "b", "c", "d", "e", "f"];
  await apply(...names.map((name) => pod("closed", name, connecting(3, API, DNS))));
  expect(await results(...names)).toEqual(names.map(() => ""));
});

test("nor do those that start while the enforcer is frozen, nor is one reached; what is allowed comes after", async () => {
  const enforcer = await service("kube-router");
  process.kill(enforcer, "SIGSTOP");
  try {
    const listening = "IO::Socket::IP->new(Listen => 9, LocalPort => 80); sleep 3600";
    await apply(
      pod("closed", "listening", `use IO::Socket::IP; my $s = ${listening}`),
      pod("closed", "late-dns", connecting(600, API, DNS), { dns: "yes" }),
      pod("closed", "late", connecting(3, API, DNS)),
    );
    expect(await results("late")).toEqual([""]);
    const of = ["-n", "closed", "get", "pod", "listening", "-o", "jsonpath={.status.podIP}"];
    const address = await checkout.kubectl(...of);
    expect(await reached(`${address}:80`, API)).toBe(API);
    expect(await printed("closed", "late-dns")).toBe("");
  } finally {
    process.kill(enforcer, "SIGCONT");
  }
  await expect.poll(() => printed("closed", "late-dns"), { timeout: 120_000 }).toBe(DNS);
});

test("while the guard is frozen new pods wait and the others go on; killed, it comes back", async () => {
  const guard = await service("policy-guard");
  process.kill(guard, "SIGSTOP");
  await apply(pod("open", "waiting", connecting(600, API)));
  await expect.poll(() => printed("open", "waiting"), { timeout: 120_000 }).toBe("");
  await sleep(2000);
  expect(await printed("open", "waiting")).toBe("");
  expect(await reached(API)).toBe(API);
  process.kill(guard, "SIGKILL");
  await expect.poll(() => printed("open", "waiting"), { timeout: 120_000 }).toBe(API);
});

test("no pod reaches its node over IPv6, which no policy is about", async () => {
  const inNode = ["--target", String(await service("kube-router")), "--net", "--mount", "--"];
  const links = await command("nsenter", [...inNode, "ip", "-6", "-o", "address"]);
  const addresses = [...links.matchAll(/ veth.* (fe80:[^/]+)\//g)].map(([, address]) => address);
  expect(addresses).not.toEqual([]);
  expect(await reached(...addresses.map((address) => `${String(address)}%eth0:10250`))).toBe("");
});
