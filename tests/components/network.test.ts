import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { Network, type NetworkArgs } from "../../components/network.ts";
import { recordResources, settled } from "../support/mocks.ts";

const ARGS: NetworkArgs = {
  namespace: "lab",
  ownsNamespace: true,
  open: false,
  serverEgress: [],
  clientEgress: [],
};
const OURS = {
  "app.kubernetes.io/name": "kubeflower",
  "app.kubernetes.io/part-of": "kubeflower",
  "app.kubernetes.io/managed-by": "pulumi",
};
const STREAM = [{ port: 8080, protocol: "TCP" }];
const SERVER = { podSelector: { matchLabels: { app: "flower-server" } } };
const CLIENT = { podSelector: { matchLabels: { app: "flower-client" } } };
const WAREHOUSE = { cidr: "10.1.2.3/32", port: 5432 };
const both = (port: number) => ["UDP", "TCP"].map((protocol) => ({ port, protocol }));
const podsOf = (namespace: string, key: string, ...values: string[]) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
  podSelector: { matchExpressions: [{ key, operator: "In", values }] },
});
/** DNS in pods, at nodes (GKE, Kubespray), and on OpenShift. */
const DNS = [
  {
    to: [
      podsOf("kube-system", "k8s-app", "kube-dns", "node-local-dns"),
      { ipBlock: { cidr: "169.254.0.0/16" } },
    ],
    ports: both(53),
  },
  {
    to: [podsOf("openshift-dns", "dns.operator.openshift.io/daemonset-dns", "default")],
    ports: both(5353),
  },
];

async function policies(args: Partial<NetworkArgs> = {}): Promise<Record<string, unknown>> {
  const recorder = recordResources(false);
  new Network("n", { ...ARGS, ...args });
  await settled();
  const made = recorder.resources.filter((r) => r.custom);
  expect(made.map((r) => r.type)).toEqual(
    Array(3).fill("kubernetes:networking.k8s.io/v1:NetworkPolicy"),
  );
  expect(made.map((r) => r.inputs.metadata)).toEqual(
    Array(3).fill({ namespace: "lab", labels: OURS }),
  );
  return Object.fromEntries(made.map((r) => [r.name, r.inputs.spec]));
}

describe("Network", () => {
  it("denies everything, then lets clients reach the server and both reach DNS", async () => {
    expect(await policies()).toEqual({
      "n-deny": { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      "n-server": {
        ...SERVER,
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ from: [CLIENT], ports: STREAM }],
        egress: DNS,
      },
      "n-clients": {
        ...CLIENT,
        policyTypes: ["Egress"],
        egress: [{ to: [SERVER], ports: STREAM }, ...DNS],
      },
    });
  });

  it("opens the ways out that are set, to those they are set for, and says so", async () => {
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
    const { "n-server": server, "n-clients": clients } = await policies({
      serverEgress: ["all"],
      clientEgress: ["https", "dns", { cidr: "10.0.0.0/8", port: undefined }, WAREHOUSE],
    });
    expect(server).toMatchObject({ egress: [...DNS, {}] });
    expect(clients).toMatchObject({
      egress: [
        { to: [SERVER], ports: STREAM },
        ...DNS,
        { ports: [{ port: 443, protocol: "TCP" }] },
        { ports: [...both(53), ...both(5353)] },
        { to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] },
        { to: [{ ipBlock: { cidr: "10.1.2.3/32" } }], ports: [{ port: 5432, protocol: "TCP" }] },
      ],
    });
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      "egress opens a way out: clients may reach TCP port 443 of every address, ports 53 and 5353 of every address, 10.0.0.0/8, TCP port 5432 of 10.1.2.3/32",
      "serverEgress opens a way out: the server may reach every address and port",
    ]);
  });

  it("closes off only its own pods in somebody else's namespace", async () => {
    expect((await policies({ ownsNamespace: false }))["n-deny"]).toEqual({
      podSelector: { matchLabels: OURS },
      policyTypes: ["Ingress", "Egress"],
    });
  });

  it("lets anybody reach the stream of a Service that is open to the outside", async () => {
    expect((await policies({ open: true }))["n-server"]).toMatchObject({
      ingress: [{ ports: STREAM }],
    });
  });
});
