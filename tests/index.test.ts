import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { recordResources, settled, type Recorder } from "./support/mocks.ts";
import { projectDefaults } from "./support/stackConfig.ts";

type Values = Record<string, string>;

vi.mock("../kube/clusterFacts.ts", () => ({
  clusterFacts: vi.fn(() =>
    Promise.resolve({
      id: "id",
      signingKeys: '{"keys":[]}',
      api: { get: () => Promise.resolve(null) },
    }),
  ),
}));

vi.mock("../docker/fault.ts", () => ({ dockerFault: () => Promise.resolve(undefined) }));

/** Config of a stack as the CLI hands it over: the project's defaults under the stack's values. */
function stackConfig(values: Values): Values {
  return Object.fromEntries(
    Object.entries({ ...projectDefaults(), ...values }).map(([key, value]) => [
      `kubeflower:${key}`,
      value,
    ]),
  );
}

const recorded = new Map<string, Promise<Recorder>>();

/** Runs the program once with this config; returns the resources that it registers. */
function program(values: Values, preview = false): Promise<Recorder> {
  const key = JSON.stringify([values, preview]);
  const recorder = recorded.get(key) ?? run(values, preview);
  recorded.set(key, recorder);
  return recorder;
}

/** Loads the program anew and records what it registers. */
async function run(values: Values, preview: boolean): Promise<Recorder> {
  vi.resetModules();
  const recorder = recordResources(preview);
  pulumi.runtime.setAllConfig(stackConfig(values));
  await import("../index.ts");
  await settled();
  return recorder;
}

const IMAGE = `registry.example/kubeflower@sha256:${"a".repeat(64)}`;
const TARGETS: Record<string, Values> = {
  "a ready image": { cluster: "remote", context: "lab", image: IMAGE },
  "a registry": { cluster: "remote", context: "lab", registry: "registry.example:5000/team" },
  minikube: {},
  "minikube's own builder": { builder: "minikube" },
  kind: { context: "kind-lab" },
};

const names = ({ resources }: Recorder): string[] =>
  resources.map((r) => `${r.type} ${r.name}`).sort();

const FEDERATION = [
  "command:local:Command federation-identity-authority",
  "command:local:Command federation-identity-certificate",
  "command:local:Command owner-id",
  "command:local:Command run",
  "command:local:Command run-kept",
  "kubernetes:apps/v1:Deployment federation-server",
  "kubernetes:apps/v1:StatefulSet federation-clients",
  "kubernetes:core/v1:ConfigMap federation-identity-authority",
  "kubernetes:core/v1:ConfigMap federation-identity-keys",
  "kubernetes:core/v1:Namespace federation-namespace",
  "kubernetes:core/v1:PersistentVolumeClaim federation-server-volume",
  "kubernetes:core/v1:Secret federation-identity-certificate",
  "kubernetes:core/v1:Service federation-server-service",
  "kubernetes:core/v1:ServiceAccount federation-identity-account",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy federation-network-clients",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy federation-network-deny",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy federation-network-server",
  "kubernetes:policy/v1:PodDisruptionBudget federation-clients",
  "kubernetes:policy/v1:PodDisruptionBudget federation-server",
];

beforeEach(() => {
  process.env.KUBECONFIG = "/home/somebody/secret-place/kubeconfig";
});

describe("the program", () => {
  it.each([
    ["a ready image", []],
    [
      "a registry",
      ["docker:index/image:Image kubeflower", "pulumi:providers:docker kubeflower-docker"],
    ],
    [
      "minikube",
      [
        "command:local:Command kubeflower-minikube",
        "docker:index/image:Image kubeflower",
        "pulumi:providers:docker kubeflower-docker",
      ],
    ],
    ["minikube's own builder", ["command:local:Command kubeflower-minikube"]],
    [
      "kind",
      [
        "command:local:Command kubeflower-nodes",
        "docker:index/image:Image kubeflower",
        "pulumi:providers:docker kubeflower-docker",
      ],
    ],
  ])("creates exactly its resources for %s", async (target, own) => {
    const recorder = await program(TARGETS[target] ?? {});
    expect(names(recorder).filter((name) => !name.startsWith("kubeflower:"))).toEqual(
      [...own, ...FEDERATION, "pulumi:providers:kubernetes cluster"].sort(),
    );
  });

  describe.each(Object.entries(TARGETS))("for %s", (_, values) => {
    it("registers the same in preview, where outputs are unknown", async () => {
      const up = await program(values);
      const preview = await program(values, true);
      expect(names(preview)).toEqual(names(up));
    });

    it("puts every resource but the provider into a component and names it after that", async () => {
      const { resources } = await program(values);
      const components = new Set(resources.filter((r) => !r.custom).map((r) => r.name));
      const outside = resources.filter((r) => r.parent === "").map((r) => r.name);
      expect(outside.sort()).toEqual(["cluster", "federation", "kubeflower", "owner", "run"]);
      for (const { name, parent, type } of resources.filter((r) => r.parent !== "")) {
        expect(components, `parent of ${type} ${name}`).toContain(parent);
        expect(name.startsWith(parent), `${type} ${name} in ${parent}`).toBe(true);
      }
    });

    it("labels every object of the cluster", async () => {
      const { resources } = await program(values);
      const objects = resources.filter((r) => r.type.startsWith("kubernetes:"));
      expect(objects).toHaveLength(14);
      for (const { inputs, name } of objects) {
        expect((inputs.metadata as { labels: unknown }).labels, name).toMatchObject({
          "app.kubernetes.io/name": "kubeflower",
          "app.kubernetes.io/part-of": "kubeflower",
          "app.kubernetes.io/managed-by": "pulumi",
        });
      }
    });

    it("writes its owner on every object that can change", async () => {
      const { resources } = await program(values);
      const objects = resources.filter((r) => r.type.startsWith("kubernetes:"));
      const marked = objects.filter(({ inputs }) => {
        const { annotations } = inputs.metadata as { annotations?: Record<string, string> };
        return annotations?.["kubeflower/owner"] === "its-owner";
      });
      expect(marked.map(({ inputs }) => inputs.immutable ?? false)).not.toContain(true);
      expect(objects.filter((one) => !marked.includes(one)).map((r) => r.type)).toEqual([
        "kubernetes:core/v1:ConfigMap",
        "kubernetes:core/v1:ConfigMap",
        "kubernetes:core/v1:Secret",
      ]);
    });

    it("keeps this machine's paths out of every input", async () => {
      const { resources } = await program(values);
      const inputs = JSON.stringify(resources.map((r) => r.inputs));
      expect(inputs).not.toContain("secret-place");
      expect(inputs).not.toContain(process.cwd());
    });
  });

  it("goes to the context of its config, by the cluster's UID and without a kubeconfig", async () => {
    const recorder = await program(TARGETS["a ready image"] ?? {});
    expect(recorder.one("pulumi:providers:kubernetes").inputs).toEqual({
      context: "lab",
      kubeconfig: "",
      clusterIdentifier: "id",
    });
  });

  it("changes the server's template and the run alone when rounds change", async () => {
    const byName = ({ resources }: Recorder) =>
      new Map(resources.map((r) => [`${r.type} ${r.name}`, JSON.stringify(r.inputs)]));
    const five = byName(await program(TARGETS["a ready image"] ?? {}));
    const ten = byName(await program({ ...TARGETS["a ready image"], rounds: "10" }));
    const changed = [...five.keys()].filter((key) => five.get(key) !== ten.get(key));
    expect(changed.sort()).toEqual([
      "command:local:Command run",
      "kubernetes:apps/v1:Deployment federation-server",
    ]);
  });

  it("changes no object, and opens a port, when a Prometheus may read the metrics", async () => {
    const inputs = ({ resources }: Recorder) =>
      resources.map((r) => `${r.type} ${r.name} ${JSON.stringify(r.inputs)}`).sort();
    const before = inputs(await program(TARGETS["a ready image"] ?? {}));
    const after = inputs(await program({ ...TARGETS["a ready image"], monitoring: "watch" }));
    expect(before.filter((one) => !after.includes(one))).toEqual([]);
    const added = after.filter((one) => !before.includes(one));
    expect(added.map((one) => one.split(" ").slice(0, 2).join(" "))).toEqual([
      "kubeflower:index:Monitoring federation-monitoring",
      "kubernetes:core/v1:Secret federation-monitoring",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy federation-monitoring",
    ]);
  });

  it.each([
    ["clients", { clients: "1", min: "2" }],
    ["min", { min: "3", replicas: "3" }],
    ["replicas", { replicas: "7" }],
    ["quorum", { quorum: "1" }],
    ["seed", { seed: "7" }],
    ["runConfig", { runConfig: '{"alpha":0.1}' }],
    ["runToken", { runToken: "again" }],
  ])("leaves the clients' template alone when %s changes", async (_, values) => {
    const template = (recorder: Recorder): unknown =>
      (
        recorder.one("kubernetes:apps/v1:StatefulSet").inputs.spec as {
          template: unknown;
        }
      ).template;
    const before = await program(TARGETS["a ready image"] ?? {});
    const after = await program({ ...TARGETS["a ready image"], ...values });
    expect(template(after)).toEqual(template(before));
    expect(after.one("command:local:Command", "run").inputs.triggers).not.toEqual(
      before.one("command:local:Command", "run").inputs.triggers,
    );
  });

  it("creates no namespace when one is to be used", async () => {
    const recorder = await program({ ...TARGETS["a ready image"], createNamespace: "false" });
    expect(names(recorder).join()).not.toContain("Namespace");
    const { metadata } = recorder.one("kubernetes:apps/v1:Deployment").inputs;
    expect(metadata).toMatchObject({ namespace: "kubeflower" });
  });

  it("needs its cluster in an update, and registers nothing when that is down", async () => {
    const { clusterFacts } = await import("../kube/clusterFacts.ts");
    vi.mocked(clusterFacts).mockRejectedValueOnce(new Error("the cluster is down"));
    const recorder = recordResources(false);
    vi.resetModules();
    pulumi.runtime.setAllConfig(stackConfig(TARGETS["a ready image"] ?? {}));
    await expect(import("../index.ts")).rejects.toThrow("the cluster is down");
    expect(vi.mocked(clusterFacts)).toHaveBeenLastCalledWith(
      expect.objectContaining({ context: "lab", cluster: "remote" }),
      true,
    );
    expect(recorder.resources).toEqual([]);
  });

  it("needs no cluster in preview", async () => {
    const { clusterFacts } = await import("../kube/clusterFacts.ts");
    await run(TARGETS["a ready image"] ?? {}, true);
    expect(vi.mocked(clusterFacts)).toHaveBeenLastCalledWith(
      expect.objectContaining({ context: "lab", cluster: "remote" }),
      false,
    );
  });

  it("registers nothing when the config is wrong", async () => {
    const recorder = recordResources(true);
    vi.resetModules();
    pulumi.runtime.setAllConfig(stackConfig({ rounds: "0" }));
    await expect(import("../index.ts")).rejects.toThrow('rounds is "0"');
    expect(recorder.resources).toEqual([]);
  });
});
