import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { Authority } from "../../kube/authority.ts";
import type { Checkout } from "../../dev/checkout.ts";
import { sharedCheckout } from "./support/sharedCheckout.ts";
import { OWN_TOKEN, probe, SCRIPT, type Attempt, type Stranger } from "./support/probe.ts";
import { TinyRun } from "./support/tinyRun.ts";
import { claimsOf, signedToken } from "./support/token.ts";

const MINUTE = 60_000;
const UP = ["up", "--yes", "--skip-preview"];
const SERVER = "service-server:30051";
const CLIENT = { app: "flower-client" };
const NAMESPACE = "strangers";
const ELSEWHERE = "strangers-elsewhere";
const STREAM: readonly [string, number] = [`service-server.${NAMESPACE}`, 30051];
/** What a PodMonitor says of the pods to read from. */
interface PodMonitor {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly podMetricsEndpoints: readonly [{ readonly port: string; readonly path: string }];
  };
}

interface Pod {
  readonly spec: {
    readonly containers: readonly {
      readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
    }[];
  };
}

const REFUSED = /^(ConnectionRefusedError|TimeoutError)$/;
let checkout: Checkout;
let calm: string;
/** The run that strangers try to disturb. */
let run: TinyRun;

beforeAll(async () => {
  checkout = await sharedCheckout(NAMESPACE);
  await checkout.kubectl("create", "namespace", ELSEWHERE);
  await installOperator();
  await checkout.set({ app: "tests/app/tiny", rounds: "10" });
  await checkout.type(["pulumi config set monitoring NAMESPACE"], { NAMESPACE: ELSEWHERE });
  await checkout.pulumi(...UP);
  calm = (await checkout.result()).modelSha256;
  // The run is held in round 5 until all strangers have tried.
  await checkout.set({ runToken: "harassed", runConfig: '{"hold":"5"}', wait: "false" });
  await checkout.pulumi(...UP);
  run = new TinyRun(checkout, (await checkout.result()).id);
  await run.holds(5);
}, 45 * MINUTE);

afterAll(async () => {
  await checkout.kubectl("delete", "namespace", ELSEWHERE, "--wait=false").catch(() => undefined);
  await checkout.remove();
}, 5 * MINUTE);

/**
 * Gives the cluster the Prometheus Operator's resources, which stay, and a Prometheus that asks for a label.
 * The operator itself is not there.
 */
async function installOperator(): Promise<void> {
  const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const definition = (kind: string, singular: string, plural: string): object => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.monitoring.coreos.com` },
    spec: {
      group: "monitoring.coreos.com",
      scope: "Namespaced",
      names: { kind, singular, plural },
      versions: [
        { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: anything } },
      ],
    },
  });
  await checkout.apply(
    definition("PodMonitor", "podmonitor", "podmonitors"),
    definition("Prometheus", "prometheus", "prometheuses"),
  );
  const names = ["podmonitors", "prometheuses"].map((one) => `crd/${one}.monitoring.coreos.com`);
  await checkout.kubectl("wait", "--for=condition=Established", "--timeout=60s", ...names);
  await checkout.apply({
    apiVersion: "monitoring.coreos.com/v1",
    kind: "Prometheus",
    metadata: { name: "it", namespace: ELSEWHERE },
    spec: { podMonitorSelector: { matchLabels: { release: "it" } } },
  });
}

const ours = (name: string, labels: Stranger["labels"]): Stranger => ({
  name,
  namespace: NAMESPACE,
  labels,
});

/** Reads the certificate that proves the server, in PEM. */
async function authority(): Promise<string> {
  const { data } = JSON.parse(
    await checkout.kubectl(
      ...["get", "configmaps", "-l", "app=flower-client", "-o", "jsonpath={.items[0]}"],
    ),
  ) as { data: Record<string, string> };
  return data["ca.crt"] ?? "";
}

test("a pod without the clients' label reaches neither the stream nor DNS", async () => {
  const host = await checkout.kubectl(
    ...["get", "service/service-server", "-o", "jsonpath={.spec.clusterIP}"],
  );
  const ends = await probe(checkout, ours("stranger", { app: "stranger" }), {
    byName: { connect: STREAM },
    byAddress: { connect: [host, 30051] },
  });
  expect(ends).toEqual({
    byName: "gaierror",
    byAddress: expect.stringMatching(REFUSED) as string,
  });
});

/** IP address of the server's pod. */
const serverAddress = (): Promise<string> =>
  checkout.kubectl(
    ...["get", "pods", "-l", "app=flower-server"],
    ...["-o", "jsonpath={.items[0].status.podIP}"],
  );

test("a pod of the namespace that may read metrics gets these by the token, and nothing else", async () => {
  const status: [string, number] = [await serverAddress(), 8081];
  const url = `http://${status.join(":")}`;
  const secret = ["get", "secret/flower-metrics", "-o", "jsonpath={.data.token}"];
  const bearer = Buffer.from(await checkout.kubectl(...secret), "base64").toString();
  const pretender = { name: "pretender", namespace: ELSEWHERE, labels: CLIENT };
  const attempts = {
    stream: { connect: STREAM },
    metrics: { get: `${url}/metrics`, bearer },
    "metrics without the token": { get: `${url}/metrics` },
    status: { get: `${url}/status`, bearer },
  };
  expect(await probe(checkout, pretender, attempts, status)).toEqual({
    stream: expect.stringMatching(REFUSED) as string,
    metrics: "200",
    "metrics without the token": "403",
    status: "403",
  });
});

test("a PodMonitor with the label that Prometheus asks for leads to the server's metrics", async () => {
  const read = async <T>(...what: string[]): Promise<T> =>
    JSON.parse(await checkout.kubectl("get", ...what, "-o", "json")) as T;
  const { items } = await read<{ items: [PodMonitor] }>("podmonitors", "-l", "release=it");
  expect(items).toHaveLength(1);
  const [{ spec }] = items;
  const [endpoint] = spec.podMetricsEndpoints;
  const labels = Object.entries(spec.selector.matchLabels).map((pair) => pair.join("="));
  const pods = await read<{ items: Pod[] }>("pods", "-l", labels.join(","));
  const ports = pods.items.flatMap((pod) => pod.spec.containers.flatMap((one) => one.ports));
  const port = ports.filter(({ name }) => name === endpoint.port).map((one) => one.containerPort);
  expect([port, endpoint.path]).toEqual([[8081], "/metrics"]);
});

test("a pod with the clients' label reaches the stream, and not the server's status or the API server", async () => {
  const address = await serverAddress();
  const ends = await probe(
    checkout,
    ours("curious", CLIENT),
    {
      stream: { connect: STREAM },
      status: { connect: [address, 8081] },
      api: { connect: ["kubernetes.default", 443] },
    },
    STREAM,
  );
  expect(ends).toEqual({
    stream: "open",
    status: expect.stringMatching(REFUSED) as string,
    api: expect.stringMatching(REFUSED) as string,
  });
});

test("who reaches the stream and is none of the clients is refused, and told why", async () => {
  const uid = await checkout.kubectl(
    "get",
    "pod/flower-client-0",
    "-o",
    "jsonpath={.metadata.uid}",
  );
  const issued = (account: string, audience: string, ...bound: string[]): Promise<string> =>
    checkout.kubectl("create", "token", account, "--audience", audience, ...bound);
  const bound = ["--bound-object-kind", "Pod", "--bound-object-name", "flower-client-0"];
  const toPod = [...bound, "--bound-object-uid", uid];
  const genuine = await issued("flower-client", "kubeflower", ...toPod);
  // One token is signed by the cluster's own key, another by a key that only claims its id.
  const keys = JSON.parse(await checkout.kubectl("get", "--raw", "/openid/v1/jwks")) as {
    keys: [{ kid: string }];
  };
  const { kid } = keys.keys[0];
  const folder = join(checkout.clusterFolder, "credentials");
  const own = await readFile(join(folder, "tokens.key"), "utf8");
  const claims = claimsOf(genuine);
  const hourAgo = Math.floor(Date.now() / 1000) - 3600;
  const past = { iat: hourAgo - 600, nbf: hourAgo - 600, exp: hourAgo };
  const forger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

  const server = { join: SERVER, authority: await authority() };
  const attempt = (token: string, partition = 0): Attempt => ({ ...server, partition, token });
  const attempts = {
    "no token": { ...server, partition: 0 },
    "another account": attempt(OWN_TOKEN),
    "no pod": attempt(await issued("flower-client", "kubeflower")),
    "another audience": attempt(await issued("flower-client", "another", ...toPod)),
    expired: attempt(signedToken({ ...claims, ...past }, kid, own)),
    forged: attempt(signedToken(claims, kid, forger)),
    "another's partition": attempt(genuine, 1),
    "signed as the cluster signs": attempt(signedToken(claims, kid, own), 1),
    "plain text": { join: SERVER, partition: 0, token: genuine },
    "another authority": {
      join: SERVER,
      partition: 0,
      token: genuine,
      authority: (await Authority.create("another", 1)).certificate,
    },
  };
  const account = `system:serviceaccount:${NAMESPACE}`;
  expect(await probe(checkout, ours("rogue", CLIENT), attempts, STREAM)).toEqual({
    "no token": "UNAUTHENTICATED: it shows no token",
    "another account": `PERMISSION_DENIED: its token is ${account}:default's — allowed: ${account}:flower-client`,
    "no pod":
      "PERMISSION_DENIED: its token is bound to no pod — allowed: flower-client-<partition>",
    "another audience": "UNAUTHENTICATED: its token: Audience doesn't match",
    expired: "UNAUTHENTICATED: its token: Signature has expired",
    forged: "UNAUTHENTICATED: its token: Signature verification failed",
    "another's partition": "PERMISSION_DENIED: it claims partition 1 — allowed: 0, its pod's",
    "signed as the cluster signs":
      "PERMISSION_DENIED: it claims partition 1 — allowed: 0, its pod's",
    "plain text": expect.stringMatching(/^UNAVAILABLE: /) as string,
    "another authority": expect.stringMatching(/CERTIFICATE_VERIFY_FAILED/) as string,
  });
});

test("a client cannot take another's partition", async () => {
  const claim = {
    claim: {
      join: SERVER,
      partition: 0,
      token: "/var/run/kubeflower/token",
      authority: await authority(),
    },
  };
  const said = await checkout.kubectl(
    ...["exec", "flower-client-1", "--", "python3", "-c", SCRIPT, JSON.stringify(claim), "null"],
  );
  expect(JSON.parse(said)).toEqual({
    claim: "PERMISSION_DENIED: it claims partition 0 — allowed: 1, its pod's",
  });
});

test("the run meanwhile ends with the model of one that nobody disturbed", async () => {
  const logs = await checkout.kubectl("logs", "deploy/flower-server");
  expect(logs).toContain("\nround 1: ");
  expect(logs).not.toContain("\nround 10: ");
  await run.goOn(5);
  await checkout.set({ wait: "true" });
  await checkout.pulumi(...UP);
  expect(await checkout.result()).toMatchObject({
    state: "completed",
    rounds: 10,
    modelSha256: calm,
  });
  const after = await checkout.kubectl("logs", "deploy/flower-server");
  expect(after.match(/^round \d+: /gm)).toHaveLength(10);
  expect(after.match(/'failures': \[\]/g)).toHaveLength(10);
});
