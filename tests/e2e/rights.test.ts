import { mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";

import type { Checkout, Ended } from "../../dev/checkout.ts";
import { ConnectProxy } from "../kube/support/connectProxy.ts";
import { sharedCheckout } from "./support/sharedCheckout.ts";

const MINUTE = 60_000;
const CASE = { timeout: 10 * MINUTE };
const USER = "jane";
/** Context of the user, whose cluster another file names, too. */
const CONTEXT = "janes";
const NAMES = { NAMESPACE: "rights", USER };
let checkout: Checkout;
let proxy: ConnectProxy;

beforeAll(async () => {
  checkout = await sharedCheckout("rights");
  proxy = await ConnectProxy.start();
  await checkout.set({ app: "tests/app/tiny", rounds: "1", clients: "1" });
  const page = await readFile("docs/rights.md", "utf8");
  const [, role = ""] = /```yaml\n(.+?)```/s.exec(page) ?? [];
  await writeFile(join(checkout.sources, "role.yaml"), role);
  await checkout.type(
    [
      "kubectl create namespace NAMESPACE",
      "kubectl -n NAMESPACE apply -f role.yaml",
      "kubectl -n NAMESPACE create rolebinding kubeflower --role kubeflower --user USER",
      "kubectl get --raw /openid/v1/jwks > jwks.json",
    ],
    NAMES,
  );
  await checkout.set({ context: CONTEXT });
  checkout.env.KUBECONFIG = await kubeconfigs();
}, 45 * MINUTE);

afterAll(async () => {
  checkout.env.KUBECONFIG = join(checkout.folder, "kubeconfig");
  await checkout.remove();
  await proxy.stop();
}, 5 * MINUTE);

interface Admin {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string>> }];
  readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }];
}

/**
 * Writes a login as the user, who is reached through a proxy, before a file that would mislead and
 * behind one that is missing; returns $KUBECONFIG.
 */
async function kubeconfigs(): Promise<string> {
  const own = join(checkout.folder, "login");
  await mkdir(own);
  const text = await readFile(join(checkout.folder, "kubeconfig"), "utf8");
  const { clusters, users } = parse(text) as Admin;
  const { server, ...authority } = clusters[0].cluster;
  const secrets = { ...authority, ...users[0].user };
  const files: Record<string, string> = {};
  for (const name of ["certificate-authority", "client-certificate", "client-key"]) {
    await writeFile(join(own, name), Buffer.from(secrets[`${name}-data`] ?? "", "base64"));
    files[name] = name;
  }
  const { "certificate-authority": ca, ...login } = files;
  const lab = { server, "certificate-authority": ca, "proxy-url": proxy.url };
  const first = {
    clusters: [{ name: "lab", cluster: lab }],
    users: [{ name: USER, user: { ...login, as: USER } }],
  };
  const second = {
    contexts: [{ name: CONTEXT, context: { cluster: "lab", user: USER } }],
    clusters: [{ name: "lab", cluster: { server: "https://127.0.0.1:1" } }],
  };
  const paths = ["missing", "login/first", "second"].map((name) => join(checkout.folder, name));
  await writeFile(paths[1] ?? "", JSON.stringify(first));
  await writeFile(paths[2] ?? "", JSON.stringify(second));
  return paths.join(delimiter);
}

async function pulumi(...args: string[]): Promise<Ended> {
  return checkout.ended("pulumi", [...args, "--non-interactive"], 5);
}

function kubeflower(...args: string[]): Promise<Ended> {
  return checkout.ended(process.execPath, ["cli/kubeflower.mjs", ...args], 2);
}

test("the Role of docs/rights.md is enough for an update, through a proxy", CASE, async () => {
  await checkout.type(
    [
      "pulumi config set namespace NAMESPACE",
      "pulumi config set createNamespace false",
      "pulumi config set jwks < jwks.json",
    ],
    NAMES,
  );
  const up = await pulumi("up", "--yes", "--skip-preview");
  expect(up.code, up.said).toBe(0);
  expect(up.said).not.toMatch(/forbidden|warning:/);
  expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 1 });
  expect(proxy.reached.length).toBeGreaterThan(5);
});

test("it is enough for status, logs and results, and the doctor knows it", CASE, async () => {
  for (const verb of [["status"], ["logs", "server"], ["results", "--out", "files"]]) {
    const { code, said } = await kubeflower(...verb);
    expect(code, `${verb.join(" ")}: ${said}`).toBe(0);
  }
  const { said } = await kubeflower("doctor", "--json");
  const { checks } = JSON.parse(said) as {
    checks: { name: string; state: string; text: string }[];
  };
  const texts = Object.fromEntries(checks.map(({ name, text }) => [name, text]));
  expect(texts).toMatchObject({
    rights: "you may do all that the stack does",
    "signing keys": "the keys by which clients are proven are in jwks",
  });
  expect(checks.filter(({ state }) => state === "fault")).toEqual([]);
});

test("it is enough to take the stack down, which leaves the namespace", CASE, async () => {
  const down = await pulumi("destroy", "--yes", "--skip-preview");
  expect(down.code, down.said).toBe(0);
  const left = await checkout.kubectl(
    ...["--context", CONTEXT, "get", "deployments,statefulsets,services,pvc,secrets", "-o", "name"],
  );
  expect(left).toBe("");
});
