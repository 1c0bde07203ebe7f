import { describe, expect, it } from "vitest";
import { Network, type NetworkArgs } from "../../components/network.ts";
import { recordResources, settled } from "../support/mocks.ts";

const ARGS: NetworkArgs = { namespace: "lab", ownsNamespace: true, open: false };
const OURS = {
  "app.kubernetes.io/name": "kubeflower",
  "app.kubernetes.io/part-of": "kubeflower",
  "app.kubernetes.io/managed-by": "pulumi",
};
const STREAM = [{ port: 8080, protocol: "TCP" }];
const SERVER = { podSelector: { matchLabels: { app: "flower-server" } } };
const CLIENT = { podSelector: { matchLabels: { app: "flower-client" } } };
const DNS = {
  to: [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
    { ipBlock: { cidr: "169.254.20.10/32" } },
  ],
  ports: [
    { port: 53, protocol: "UDP" },
    { port: 53, protocol: "TCP" },
  ],
};

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
        egress: [DNS],
      },
      "n-clients": {
        ...CLIENT,
        policyTypes: ["Egress"],
        egress: [{ to: [SERVER], ports: STREAM }, DNS],
      },
    });
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
