import { generateKeyPairSync } from "node:crypto";
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, onTestFailed, test } from "vitest";

import { Checkout } from "../../../dev/checkout.ts";
import { until } from "../support/until.ts";
import { Federation } from "./support/federation.ts";
import { figures } from "./support/figures.ts";

const MINUTE = 60_000;
const CASE = { timeout: 10 * MINUTE };
let federation: Federation;
let calm: string;

beforeAll(async () => {
  federation = new Federation(await Checkout.make("faults", 6));
  calm = await federation.calm(["npm run up"]);
}, 45 * MINUTE);

afterAll(() => federation.checkout.remove(), 5 * MINUTE);

/** Waits until a kubectl command succeeds; returns the time. */
function answers(...args: string[]): Promise<number> {
  const attempt = (): Promise<number | undefined> =>
    federation.checkout.kubectl(...args, "--request-timeout=5s").then(
      () => Date.now(),
      () => undefined,
    );
  return until(`answer to kubectl ${args.join(" ")}`, attempt);
}

/** Gives the cluster a new key to sign tokens with; tokens that the old one has signed stay good. */
async function changeSigningKey(folder: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const files = join(folder, "credentials");
  await writeFile(join(files, "tokens.key"), privateKey.export({ type: "pkcs8", format: "pem" }));
  await appendFile(join(files, "tokens.pub"), publicKey.export({ type: "spki", format: "pem" }));
}

/** Counts the restarts of each container of the federation. */
const restarts = (): Promise<string> =>
  federation.checkout.kubectl(
    ...["get", "pods", "-l", "app.kubernetes.io/part-of=kubeflower"],
    ...["-o", "jsonpath={.items[*].status.containerStatuses[*].restartCount}"],
  );

test("killed containerd and kubelet come back beside pods that train on", CASE, async () => {
  const run = await federation.begin({ pause: 3 });
  await run.server.said("^rests before round 2");
  const killed = Date.now();
  await federation.services("kill", "containerd", "kubelet");
  const recovered = await answers("exec", "deploy/flower-server", "--", "true");
  const next = await run.finished("any", killed);
  await run.completes(calm);
  expect(await restarts()).toBe("0 0 0 0");
  figures("containerd and kubelet killed", killed, { "next round": next, recovered });
});

test(
  "while the API server is stopped the run trains on, and `up` follows after",
  CASE,
  async () => {
    const run = await federation.begin({ pause: 4 });
    const says = (text: string): Promise<number> =>
      until(text, () => Promise.resolve(run.up.said.includes(text) ? Date.now() : undefined));
    await says("round 1/3");
    // The next test needs the API server even if this one fails.
    onTestFailed(() => federation.services("up", "kube-apiserver"));
    await federation.services("down", "kube-apiserver");
    const stopped = Date.now();
    const noticed = await says("the cluster does not answer");
    const next = await run.finished(2, stopped);
    await federation.services("up", "kube-apiserver");
    const started = Date.now();
    await run.completes(calm);
    expect(run.up.said).toContain("the cluster answers again");
    expect(await restarts()).toBe("0 0 0 0");
    figures("API server stopped", stopped, { noticed, "next round": next, started });
  },
);

test("a client that is killed while DNS is gone joins again without it", CASE, async () => {
  const dns = (count: number): Promise<string> =>
    federation.checkout.kubectl(
      ...["-n", "kube-system", "scale", "deployment/coredns", `--replicas=${String(count)}`],
    );
  const run = await federation.begin({ gate: "." });
  const client = await federation.client(1);
  await run.open(1);
  await run.server.said("^rests before round 2");
  onTestFailed(async () => {
    await dns(1);
  });
  await dns(0);
  await federation.checkout.kubectl(
    ...["-n", "kube-system", "wait", "pod", "-l", "k8s-app=kube-dns", "--for=delete"],
  );
  const killed = await client.signal("SIGKILL");
  const noticed = await run.server.said("^client 1 is offline", killed);
  await run.open(2, 3);
  const recovered = await run.finished(2, killed);
  await run.completes(calm);
  await dns(1);
  figures("DNS gone, a client killed", killed, { noticed, recovered });
});

test(
  "after a killed `pulumi up` the next one needs the lock taken away, and ends well",
  CASE,
  async () => {
    const run = await federation.begin({ gate: "." });
    await run.server.said("^rests before round 1");
    await run.up.kill();
    const killed = Date.now();
    const { code, said } = await federation.checkout.ended("pulumi", [
      ...["up", "--yes", "--skip-preview", "--non-interactive"],
    ]);
    expect(said).toMatch(/locked/);
    expect(code).not.toBe(0);
    const noticed = Date.now();
    await federation.checkout.pulumi("cancel", "--yes");
    const again = await run.followedAgain();
    await run.open(1, 2, 3);
    await again.completes(calm);
    figures("`pulumi up` killed", killed, { noticed, completed: Date.now() });
  },
);

test("of two `pulumi up` at once the second is refused and the first ends well", CASE, async () => {
  const run = await federation.begin({ gate: "." });
  const since = Date.now();
  const { code, said } = await federation.checkout.ended("pulumi", [
    ...["up", "--yes", "--skip-preview", "--non-interactive"],
  ]);
  const refused = Date.now();
  expect(said).toMatch(/locked/);
  expect(code).not.toBe(0);
  await run.open(1, 2, 3);
  await run.completes(calm);
  figures("two `pulumi up` at once", since, { refused });
});

test("signing keys that the cluster changes in a run are taken up by its `up`", CASE, async () => {
  const run = await federation.begin({ gate: "." });
  await run.open(1);
  await run.server.said("^rests before round 2");
  const changed = Date.now();
  await changeSigningKey(federation.checkout.clusterFolder);
  await federation.services("kill", "kube-apiserver", "kube-controller-manager");
  // Without waiting: an attempt that is given up would be made again on the new pod.
  await answers("delete", "pod/flower-client-1", "--wait=false");
  const refused = "^refused .* signed with a key that is not the cluster's";
  const noticed = await run.server.said(refused, changed);
  const taken = await run.server.said("^the cluster's signing keys have changed", noticed);
  await run.open(2, 3);
  await run.completes(calm);
  expect(run.up.said).toContain("the cluster signs tokens with new keys");
  figures("signing keys changed", changed, { noticed, taken });
});

test(
  "a cluster taken down fails `up` with the contexts there are; `npm run up` brings all back",
  CASE,
  async () => {
    const { checkout } = federation;
    await checkout.pulumi("config", "set", "--path", "runConfig.gate", "");
    await checkout.type(["kubectl config set-context another --cluster=another"]);
    await checkout.local("cluster", "down");
    const since = Date.now();
    const up = await federation.follow();
    expect(await up.ended, up.said).toBe(1);
    expect(Date.now() - since).toBeLessThan(3 * MINUTE);
    expect(up.reasons(), up.said).toEqual([
      "context kubeflower-faults is not in the kubeconfig — there are: another — pulumi config set context <name>",
    ]);
    await checkout.local("up");
    expect(await checkout.result()).toMatchObject({ state: "completed" });
    const ready = "jsonpath={.items[*].status.readyReplicas}";
    // A run may end before the first readiness probe of its pods.
    const pods = (): Promise<string> => checkout.kubectl("get", "deploy,sts", "-o", ready);
    await expect.poll(pods, { timeout: 120_000 }).toBe("1 3");
  },
);
