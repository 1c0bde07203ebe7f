import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { Federation, type FederationArgs } from "../../components/federation.ts";
import { EXAMPLE_RUN } from "../support/exampleRun.ts";
import { recordResources, settled, valueOf } from "../support/mocks.ts";

const ARGS: FederationArgs = {
  namespace: "lab",
  createNamespace: true,
  keepsNamespace: false,
  image: "image:1",
  runId: "0123456789ab",
  run: { ...EXAMPLE_RUN, replicas: 4 },
  tls: true,
  signingKeys: '{"keys":[]}',
  egress: { serverEgress: [], clientEgress: [] },
  data: [],
  variables: { values: {}, areSecret: false },
  server: {
    resources: { cpu: "250m", memory: "1Gi", ephemeralStorage: "2Gi" },
    storage: "1Gi",
    claim: { name: "flower-server", storageClass: undefined },
    serviceType: "ClusterIP",
  },
  clients: {
    resources: { cpu: "250m", memory: "768Mi", ephemeralStorage: "4Gi" },
    gpus: 0,
    spread: "none",
    nodeConfig: {},
  },
};

interface PodSpec {
  readonly nodeSelector?: object;
  readonly containers: readonly { readonly env: readonly object[] }[];
}

/** The server's and the clients' pods. */
async function podSpecs(args: FederationArgs): Promise<PodSpec[]> {
  const recorder = recordResources(false);
  new Federation("f", args);
  await settled();
  return ["Deployment", "StatefulSet"].map((kind) => {
    const { spec } = recorder.one(`kubernetes:apps/v1:${kind}`).inputs;
    return (spec as { template: { spec: PodSpec } }).template.spec;
  });
}

describe("Federation", () => {
  it("owns a namespace that takes restricted pods only", async () => {
    const recorder = recordResources(false);
    new Federation("f", ARGS);
    await settled();
    expect(recorder.one("kubernetes:core/v1:Namespace").inputs.metadata).toMatchObject({
      name: "lab",
      labels: {
        "app.kubernetes.io/name": "kubeflower",
        "pod-security.kubernetes.io/enforce": "restricted",
      },
    });
  });

  it("keeps the namespace that it made and is to leave from now on", async () => {
    const recorder = recordResources(false);
    new Federation("f", { ...ARGS, createNamespace: false, keepsNamespace: true });
    await settled();
    const { inputs, retained } = recorder.one("kubernetes:core/v1:Namespace");
    expect(inputs.metadata).toMatchObject({ name: "lab" });
    expect(retained).toBe(true);
  });

  it("uses a namespace that is there without registering it", async () => {
    const recorder = recordResources(false);
    const federation = new Federation("f", { ...ARGS, createNamespace: false });
    expect(await valueOf(federation.namespace)).toBe("lab");
    await settled();
    expect(recorder.resources.map((r) => r.type)).not.toContain("kubernetes:core/v1:Namespace");
  });

  it("starts a client for each partition, and points it at the server", async () => {
    const recorder = recordResources(false);
    const federation = new Federation("f", ARGS);
    expect(await valueOf(federation.server)).toBe("service-server:30051");
    await settled();
    const set = recorder.one("kubernetes:apps/v1:StatefulSet").inputs;
    expect(set).toMatchObject({ spec: { replicas: 4 } });
    expect(JSON.stringify(set)).toContain('"value":"service-server:30051"');
    const deployment = recorder.one("kubernetes:apps/v1:Deployment").inputs;
    expect(JSON.stringify(deployment)).toContain('\\"replicas\\":4');
  });

  it("has volumes of data where there are some", async () => {
    const source = { kind: "nfs", server: "nas", path: "/export" } as const;
    const volume = { name: "data", path: "/data", source, subPath: undefined, readOnly: true };
    const data = async (...volumes: FederationArgs["data"]) => {
      const recorder = recordResources(false);
      new Federation("f", { ...ARGS, data: volumes });
      await settled();
      return recorder.resources.filter(({ type }) => /Data$|Volume/.test(type));
    };
    expect(await data()).toHaveLength(1);
    expect((await data(volume)).map(({ type }) => type).sort()).toEqual([
      "kubeflower:index:Data",
      "kubernetes:core/v1:PersistentVolume",
      "kubernetes:core/v1:PersistentVolumeClaim",
      "kubernetes:core/v1:PersistentVolumeClaim",
    ]);
  });

  it("warns of plain text, and has no certificate then", async () => {
    const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
    const recorder = recordResources(false);
    new Federation("f", ARGS);
    await settled();
    expect(warn).not.toHaveBeenCalled();
    recorder.one("kubernetes:core/v1:Secret");
    const plain = recordResources(false);
    new Federation("f", { ...ARGS, tls: false });
    await settled();
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      "tls is false: models and tokens travel in plain text, and whoever can listen in can take a client's place — pulumi config set tls true",
    ]);
    expect(plain.resources.map((r) => r.type)).not.toContain("kubernetes:core/v1:Secret");
  });

  it("keeps the server alone on the node that has its volume", async () => {
    const nodes = { "kubernetes.io/arch": "amd64" };
    const home = { "minikube.k8s.io/primary": "true" };
    const server = { ...ARGS.server, home };
    const selectors = (await podSpecs({ ...ARGS, server, nodes })).map((spec) => spec.nodeSelector);
    expect(selectors).toEqual([{ ...nodes, ...home }, nodes]);
    expect((await podSpecs({ ...ARGS, server })).map((spec) => spec.nodeSelector)).toEqual([
      home,
      undefined,
    ]);
  });

  it("keeps both pods on the nodes that can run the image, where some cannot", async () => {
    const nodes = { "kubernetes.io/arch": "amd64" };
    expect((await podSpecs({ ...ARGS, nodes })).map((spec) => spec.nodeSelector)).toEqual([
      nodes,
      nodes,
    ]);
    expect((await podSpecs(ARGS)).map((spec) => spec.nodeSelector)).toEqual([undefined, undefined]);
  });

  it("calls no arithmetic portable that GPUs have a part in", async () => {
    const gpus = { ...ARGS, clients: { ...ARGS.clients, gpus: 1 } };
    const native = { name: "KUBEFLOWER_ARITHMETIC", value: "native" };
    for (const spec of await podSpecs(gpus)) expect(spec.containers[0]?.env).toContainEqual(native);
    for (const spec of await podSpecs(ARGS)) {
      expect(spec.containers[0]?.env).not.toContainEqual(native);
    }
  });

  it("is monitored from a namespace that is named, and from no other", async () => {
    const monitored = recordResources(false);
    new Federation("f", { ...ARGS, monitoring: { from: "observability" } });
    await settled();
    expect(monitored.one("kubeflower:index:Monitoring").name).toBe("f-monitoring");
    expect(
      monitored.one("kubernetes:networking.k8s.io/v1:NetworkPolicy", "f-monitoring").parent,
    ).toBe("f-monitoring");
    const unwatched = recordResources(false);
    new Federation("f", ARGS);
    await settled();
    expect(unwatched.resources.map((r) => r.name)).not.toContain("f-monitoring");
  });

  it("puts everything into one namespace", async () => {
    const recorder = recordResources(false);
    new Federation("f", ARGS);
    await settled();
    const namespaces = recorder.resources
      .filter((r) => r.type.startsWith("kubernetes:") && !r.type.endsWith(":Namespace"))
      .map((r) => (r.inputs.metadata as { namespace?: string }).namespace);
    expect(namespaces).toEqual(Array(13).fill("lab"));
  });
});
