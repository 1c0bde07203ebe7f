import { afterAll, beforeAll, expect, test } from "vitest";

import type { Status } from "../../contract/status.ts";
import type { Checkout } from "../../dev/checkout.ts";
import { KeptStack } from "./kept/support/keptStack.ts";
import { probe } from "./support/probe.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;
let checkout: Checkout;

beforeAll(async () => {
  ({ checkout } = await KeptStack.make("policies"));
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Waits until the server's status says this of policies; returns what `kubeflower status` prints. */
async function found(policies: Status["policies"]): Promise<string> {
  await until(`policies "${policies}" in the status`, async () => {
    const { said } = await checkout.ended(process.execPath, [
      ...["cli/kubeflower.mjs", "status", "--json"],
    ]);
    return said.includes(`"policies":"${policies}"`) || undefined;
  });
  return (await checkout.ended(process.execPath, ["cli/kubeflower.mjs", "status"])).said;
}

test("a client finds that the cluster enforces policies", async () => {
  expect(await found("enforced")).not.toContain("NetworkPolicies");
});

/** Lets everything through, as a network does that enforces no policy. */
async function enforceNothing(): Promise<void> {
  await checkout.apply({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "all", namespace: checkout.namespace },
    spec: {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      ingress: [{}],
      egress: [{}],
    },
  });
}

test(
  "where nobody enforces them a client says so, and strangers learn nothing of the run all the same",
  async () => {
    await enforceNothing();
    await checkout.kubectl("delete", "pod", "flower-client-0");
    expect(await found("not enforced")).toContain(
      "warning: a client reaches the server's status port, which no policy of the stack allows",
    );
    const address = await checkout.kubectl(
      ...["get", "pods", "-l", "app=flower-server"],
      ...["-o", "jsonpath={.items[0].status.podIP}"],
    );
    const url = `http://${address}:8081`;
    const stranger = { name: "stranger", namespace: "default", labels: { app: "stranger" } };
    const ends = await probe(checkout, stranger, {
      probes: { get: `${url}/healthz` },
      status: { get: `${url}/status` },
      metrics: { get: `${url}/metrics` },
      runs: { get: `${url}/runs` },
      files: { get: `${url}/files/any` },
    });
    await checkout.kubectl("-n", "default", "delete", "pod", "stranger", "--wait=false");
    expect(ends).toEqual({
      probes: "200",
      status: "403",
      metrics: "403",
      runs: "403",
      files: "403",
    });
  },
  3 * MINUTE,
);
