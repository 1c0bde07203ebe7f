import { afterAll, beforeAll, expect, test } from "vitest";

import type { Checkout, Ended } from "../../dev/checkout.ts";
import { sharedCheckout } from "./support/sharedCheckout.ts";

const MINUTE = 60_000;
const CASE = { timeout: 10 * MINUTE };
const SECRET = "hidden-token-0123456789";
let checkout: Checkout;
/** Everything that the updates have printed. */
let printed = "";

beforeAll(async () => {
  checkout = await sharedCheckout("environment");
  await checkout.set({ app: "tests/app/tiny", rounds: "1", clients: "1" });
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

async function pulumi(...args: string[]): Promise<Ended> {
  const ended = await checkout.ended("pulumi", [...args, "--non-interactive"], 5);
  printed += ended.said;
  return ended;
}

/** Runs Python in a pod of ours; returns what it prints. */
function python(pod: string, code: string): Promise<string> {
  return checkout.kubectl("exec", pod, "--", "python3", "-c", code);
}

/** Tells whether a connection from a pod is made; a policy drops or refuses it. */
async function reaches(pod: string, host: string, port: number): Promise<boolean> {
  const address = `(${JSON.stringify(host)}, ${String(port)})`;
  const code = `import socket
try: print(bool(socket.create_connection(${address}, 2)), end="")
except OSError: print(False, end="")`;
  return (await python(pod, code)) === "True";
}

/** Starts a pod of another namespace that listens at port 443; returns its address. */
async function peer(): Promise<string> {
  const image = await checkout.pulumi("stack", "output", "image");
  const metadata = { name: "peer", namespace: "environment-peer" };
  const serve = ["python3", "-m", "http.server", "443", "--directory", "/tmp"];
  // Root may listen at a port below 1024.
  const root = { runAsUser: 0 };
  const containers = [{ name: "peer", image, command: serve, securityContext: root }];
  await checkout.apply(
    { apiVersion: "v1", kind: "Namespace", metadata: { name: metadata.namespace } },
    { apiVersion: "v1", kind: "Pod", metadata, spec: { containers } },
  );
  const place = ["-n", metadata.namespace, "pod/peer"];
  await checkout.kubectl("wait", "--for=condition=Ready", ...place, "--timeout=2m");
  return checkout.kubectl("get", ...place, "-o", "jsonpath={.status.podIP}");
}

test("a secret variable reaches server and clients, and is nowhere in clear", CASE, async () => {
  await pulumi("config", "set", "--secret", "--path", "env.HF_TOKEN", SECRET);
  await pulumi("config", "set", "--path", "env.MODE", "fast");
  await pulumi("config", "set", "--path", "nodeConfig.dataset-path", "/data/{partition}");
  const up = await pulumi("up", "--yes", "--diff");
  expect(up.code, up.said).toBe(0);
  for (const pod of ["deploy/flower-server", "flower-client-0"]) {
    const code = "import os; print(os.environ['HF_TOKEN'], os.environ['MODE'], end='')";
    expect(await python(pod, code)).toBe(`${SECRET} fast`);
  }
  const kinds = "pods,deployments,replicasets,statefulsets,configmaps,events,networkpolicies";
  const files = "find /var/lib/kubeflower -type f -exec cat {} +";
  const places = {
    printed,
    state: await checkout.pulumi("stack", "export"),
    objects: await checkout.kubectl("get", kinds, "-o", "yaml"),
    records: await checkout.kubectl("exec", "deploy/flower-server", "--", "sh", "-c", files),
    logs: (await checkout.ended(process.execPath, ["cli/kubeflower.mjs", "logs", "all"], 1)).said,
  };
  for (const [place, text] of Object.entries(places)) {
    expect(text.length, place).toBeGreaterThan(20);
    expect([place, text.includes(SECRET)]).toEqual([place, false]);
  }
  expect(places.records).toContain("modelSha256");
});

test("another value restarts the pods with it, and trains nothing", CASE, async () => {
  const before = await checkout.result();
  await pulumi("config", "set", "--secret", "--path", "env.HF_TOKEN", "another");
  expect((await pulumi("up", "--yes", "--skip-preview")).code).toBe(0);
  const code = "import os; print(os.environ['HF_TOKEN'], end='')";
  expect(await python("flower-client-0", code)).toBe("another");
  expect(await checkout.result()).toEqual(before);
});

test("a secret run config is refused with the way that keeps it secret", CASE, async () => {
  await pulumi("config", "set", "--secret", "--path", "runConfig.hold", SECRET);
  const { code, said } = await pulumi("preview");
  expect(code).not.toBe(0);
  expect(said).toContain(
    "runConfig is secret — only buildArgs and env may be: pods and the run's record have the others in clear — pulumi config rm runConfig -s local; pulumi config set --secret --path env.<NAME>",
  );
  expect(said).not.toContain(SECRET);
  await pulumi("config", "rm", "runConfig");
});

test("egress opens what it names for clients, and nothing for the server", CASE, async () => {
  const address = await peer();
  const [client, server] = ["flower-client-0", "deploy/flower-server"];
  expect(await reaches(client, address, 443)).toBe(false);
  await pulumi("config", "set", "--path", "egress[0]", "https");
  const up = await pulumi("up", "--yes", "--policy-pack", "policy");
  expect(up.code, up.said).toBe(0);
  expect(up.said).toContain(
    "egress opens a way out: clients may reach TCP port 443 of every address",
  );
  expect(up.said).toContain("its pods may reach every address at TCP 443");
  await expect.poll(() => reaches(client, address, 443), { timeout: MINUTE }).toBe(true);
  expect(await reaches(server, address, 443)).toBe(false);
  const dns = await checkout.kubectl(
    ...["-n", "kube-system", "get", "pods", "-l", "k8s-app=kube-dns"],
    ...["-o", "jsonpath={.items[0].status.podIP}"],
  );
  // CoreDNS listens there for its readiness.
  expect(await reaches(client, dns, 8181)).toBe(false);
  await checkout.kubectl("delete", "namespace", "environment-peer", "--wait=false");
});
