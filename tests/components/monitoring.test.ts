import { expect, it } from "vitest";
import { Monitoring, type MonitoringArgs } from "../../components/monitoring.ts";
import { recordResources, settled, type Registered } from "../support/mocks.ts";

const OURS = {
  "app.kubernetes.io/name": "kubeflower",
  "app.kubernetes.io/part-of": "kubeflower",
  "app.kubernetes.io/managed-by": "pulumi",
  "app.kubernetes.io/component": "server",
  app: "flower-server",
};
const SERVER = { matchLabels: { app: "flower-server" } };

async function made(prometheus: MonitoringArgs["prometheus"]): Promise<Registered[]> {
  const recorder = recordResources(false);
  new Monitoring("m", { namespace: "lab", prometheus });
  await settled();
  return recorder.resources.filter((r) => r.custom);
}

it("lets the pods of one namespace reach the status port of the server, and nothing else", async () => {
  const [policy, secret, ...more] = await made({ from: "observability" });
  expect([secret?.type, more]).toEqual(["kubernetes:core/v1:Secret", []]);
  expect(policy).toMatchObject({
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    name: "m",
    inputs: { metadata: { namespace: "lab", labels: OURS } },
  });
  expect(policy?.inputs.spec).toEqual({
    podSelector: SERVER,
    policyTypes: ["Ingress"],
    ingress: [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "observability" } },
          },
        ],
        ports: [{ port: 8081, protocol: "TCP" }],
      },
    ],
  });
});

it("makes a secret token, another for each stack, under the name that the server mounts", async () => {
  const token = async (): Promise<string> => {
    const [, secret] = await made({ from: "observability" });
    expect(secret?.inputs).toMatchObject({
      metadata: { namespace: "lab", name: "flower-metrics" },
    });
    return JSON.stringify(secret?.inputs.stringData);
  };
  const [one, other] = [await token(), await token()];
  expect(one).toMatch(/"value":\{"token":"[\w-]{32}"\}/);
  expect(other).not.toBe(one);
});

it("declares a PodMonitor under the labels that Prometheus asks for", async () => {
  const podMonitor = { labels: { release: "stack", "app.kubernetes.io/part-of": "platform" } };
  const resources = await made({ from: "observability", podMonitor });
  const type = "kubernetes:monitoring.coreos.com/v1:PodMonitor";
  const monitor = resources.find((resource) => resource.type === type);
  expect(monitor?.inputs).toEqual({
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PodMonitor",
    metadata: {
      namespace: "lab",
      labels: { ...OURS, ...podMonitor.labels },
      annotations: {
        "pulumi.com/waitFor": "jsonpath={.metadata.uid}",
        "pulumi.com/patchForce": "true",
      },
    },
    spec: {
      selector: SERVER,
      podMetricsEndpoints: [
        {
          port: "status",
          path: "/metrics",
          authorization: { credentials: { name: "flower-metrics", key: "token" } },
        },
      ],
    },
  });
});
