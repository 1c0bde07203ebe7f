import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Checkout, Ended } from "../../dev/checkout.ts";
import { sharedCheckout } from "./support/sharedCheckout.ts";

const MINUTE = 60_000;
const CASE = { timeout: 10 * MINUTE };
/** Secrets as no other text has them. */
const SECRETS = {
  variable: "hidden-token-0123456789",
  renewed: "renewed-token-9876543210",
  refused: "refused-token-5555555555",
};
let checkout: Checkout;
/** Everything that the updates have printed. */
let printed = "";
/** Number of logs of events. */
let logs = 0;

beforeAll(async () => {
  checkout = await sharedCheckout("environment");
  await checkout.set({ app: "tests/app/tiny", rounds: "1", clients: "1" });
  // Pulumi knows --event-log only with this.
  checkout.env.PULUMI_DEBUG_COMMANDS = "true";
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Runs a Pulumi command, which may fail; updates and previews also write a log of their events. */
async function pulumi(...args: string[]): Promise<Ended> {
  const log = ["up", "preview"].includes(args[0] ?? "")
    ? ["--event-log", `${events()}-${++logs}`]
    : [];
  const ended = await checkout.ended("pulumi", [...args, ...log, "--non-interactive"], 5);
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

/** Reads every place where a value of the stack's could be in clear. */
async function places(): Promise<Record<string, string>> {
  const list = ["api-resources", "--verbs=list", "--namespaced", "-o", "name"];
  const kinds = (await checkout.kubectl(...list)).split("\n").filter((kind) => kind !== "secrets");
  const files = "find /var/lib/kubeflower -type f -exec cat {} +";
  const kubeflower = async (...args: string[]): Promise<string> =>
    (await checkout.ended(process.execPath, ["cli/kubeflower.mjs", ...args], 1)).said;
  const pods = ["-l", "app in (flower-server,flower-client)", "--all-containers", "--tail=-1"];
  return {
    printed,
    state: await checkout.pulumi("stack", "export"),
    // The stack's history and backups.
    files: await checkout.type([`grep -rh . ${checkout.folder}/kubeflower/stacks`]),
    // Messages for debugging, which the command line does not show, have all that Pulumi is answered.
    events: await checkout.type([`grep -hv '"severity":"debug"' ${events()}-*`]),
    objects: await checkout.kubectl("get", kinds.join(","), "-o", "yaml"),
    volumes: await checkout.kubectl("get", "pv", "-o", "yaml"),
    records: await checkout.kubectl("exec", "deploy/flower-server", "--", "sh", "-c", files),
    logs: await checkout.kubectl("logs", ...pods),
    told: [await kubeflower("logs", "all"), await kubeflower("events", "--json")].join(""),
    status: [await kubeflower("status", "--json"), await kubeflower("runs", "--json")].join(""),
  };
}

/** Beginning of the names of the files to which Pulumi writes its events. */
function events(): string {
  return join(checkout.folder, "events");
}

test("a secret variable reaches server and clients", CASE, async () => {
  await pulumi("config", "set", "--secret", "--path", "env.HF_TOKEN", SECRETS.variable);
  await pulumi("config", "set", "--path", "env.MODE", "fast");
  await pulumi("config", "set", "--path", "nodeConfig.dataset-path", "/data/{partition}");
  const up = await pulumi("up", "--yes", "--diff");
  expect(up.code, up.said).toBe(0);
  for (const pod of ["deploy/flower-server", "flower-client-0"]) {
    const code = "import os; print(os.environ['HF_TOKEN'], os.environ['MODE'], end='')";
    expect(await python(pod, code)).toBe(`${SECRETS.variable} fast`);
  }
});

test("another value restarts the pods with it, and trains nothing", CASE, async () => {
  const before = await checkout.result();
  await pulumi("config", "set", "--secret", "--path", "env.HF_TOKEN", SECRETS.renewed);
  expect((await pulumi("up", "--yes", "--skip-preview")).code).toBe(0);
  const code = "import os; print(os.environ['HF_TOKEN'], end='')";
  expect(await python("flower-client-0", code)).toBe(SECRETS.renewed);
  expect(await checkout.result()).toEqual(before);
});

const COMMANDS = [["preview"], ["preview", "--json"], ["up", "--yes", "--skip-preview"]];

test.each([
  // The app declares `hold` and a default of it, and no `token`; `rounds` is no text.
  [
    "a value of the run config",
    "runConfig",
    ["--path", "runConfig.hold", SECRETS.refused],
    COMMANDS,
  ],
  [
    "a key that no app has",
    "runConfig",
    ["--path", "runConfig.token", SECRETS.refused],
    [["preview"]],
  ],
  ["a whole setting", "runConfig", ["runConfig", `{"hold":"${SECRETS.refused}"}`], [["preview"]]],
  ["a wrong value", "rounds", ["rounds", SECRETS.refused], [["preview"]]],
])(
  "%s that is secret is refused with the way that keeps it secret",
  CASE,
  async (_, key, set, commands) => {
    await pulumi("config", "set", "--secret", ...set);
    for (const command of commands) {
      const { code, said } = await pulumi(...command);
      expect(code, said).not.toBe(0);
      expect(said).toContain(
        `${key} is secret — only buildArgs and env may be: pods and the run's record have the others in clear — pulumi config rm ${key} -s local; pulumi config set --secret --path env.`,
      );
    }
    await pulumi("config", "rm", key);
    if (key === "rounds") await checkout.set({ rounds: "1" });
  },
);

test("no secret, taken or refused, is in clear anywhere but in Secrets", CASE, async () => {
  const found = await places();
  for (const [place, text] of Object.entries(found)) {
    expect(text.length, place).toBeGreaterThan(20);
    for (const [name, secret] of Object.entries(SECRETS)) {
      const forms = [secret, Buffer.from(secret).toString("base64")];
      expect([place, name, forms.filter((form) => text.includes(form))]).toEqual([place, name, []]);
    }
  }
  expect(found["records"]).toContain("modelSha256");
  const stored = ["get", "secrets", "-o", "jsonpath={.items[*].data.HF_TOKEN}"];
  expect(await checkout.kubectl(...stored)).toBe(Buffer.from(SECRETS.renewed).toString("base64"));
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
