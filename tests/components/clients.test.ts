import { unknown } from "@pulumi/pulumi/output.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Clients, spreading, type ClientsArgs } from "../../components/clients.ts";
import {
  recordResources,
  settled,
  valueOf,
  type Recorder,
  type Registered,
} from "../support/mocks.ts";

const ARGS: ClientsArgs = {
  namespace: "lab",
  image: "image:1",
  server: "service-server:30051",
  serverAddress: "10.96.0.7:30051",
  replicas: 3,
  identity: { account: "flower-client", authority: "authority" },
  resources: { cpu: "250m", memory: "768Mi", ephemeralStorage: "4Gi" },
  arithmetic: "portable",
  gpus: 0,
  nodeConfig: {},
  spread: "none",
};

/** The pod's own token, for ten minutes, and what proves the server. */
const PROOF = {
  name: "proof",
  projected: {
    defaultMode: 0o440,
    sources: [
      { serviceAccountToken: { audience: "kubeflower", expirationSeconds: 600, path: "token" } },
      { configMap: { name: "authority", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    ],
  },
};

async function clients(args: Partial<ClientsArgs> = {}): Promise<Recorder> {
  const recorder = recordResources(false);
  new Clients("c", { ...ARGS, ...args });
  await settled();
  return recorder;
}

async function statefulSet(args: Partial<ClientsArgs> = {}): Promise<Registered> {
  return (await clients(args)).one("kubernetes:apps/v1:StatefulSet");
}

describe("Clients", () => {
  it("creates exactly a StatefulSet and its disruption budget", async () => {
    const { resources } = await clients();
    expect(resources.map((r) => `${r.type} ${r.name}`).sort()).toEqual([
      "kubeflower:index:Clients c",
      "kubernetes:apps/v1:StatefulSet c",
      "kubernetes:policy/v1:PodDisruptionBudget c",
    ]);
  });

  it("leaves a drained node one by one", async () => {
    expect((await clients()).one("kubernetes:policy/v1:PodDisruptionBudget").inputs).toMatchObject({
      metadata: { name: "flower-client", namespace: "lab" },
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: { app: "flower-client" } },
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    });
  });

  it("have the user's node config and variables, where there are some", async () => {
    const own = [{ name: "MODE", value: "fast" }];
    const nodeConfig = { "dataset-path": "/data/{partition}" };
    const container = async (args: Partial<ClientsArgs>) => {
      const { spec } = (await statefulSet(args)).inputs as {
        spec: { template: { spec: { containers: readonly { env: readonly object[] }[] } } };
      };
      return spec.template.spec.containers[0]?.env ?? [];
    };
    const [plain, both] = [await container({}), await container({ nodeConfig, env: own })];
    expect(both).toEqual([
      ...plain,
      { name: "KUBEFLOWER_NODE_CONFIG", value: '{"dataset-path":"/data/{partition}"}' },
      ...own,
    ]);
  });

  it("have the user's data after their own volumes, and claims of their own by templates", async () => {
    const data = {
      mounts: [{ name: "data", mountPath: "/data", readOnly: true }],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: "images", readOnly: true } }],
      templates: [{ metadata: { name: "own" }, spec: { accessModes: ["ReadWriteOnce"] } }],
    };
    const spec = async (args: Partial<ClientsArgs>) =>
      (await statefulSet(args)).inputs.spec as {
        volumeClaimTemplates?: object[];
        template: { spec: { volumes: object[]; containers: { volumeMounts: object[] }[] } };
      };
    const [plain, both] = [await spec({}), await spec({ data })];
    expect(plain.volumeClaimTemplates).toBeUndefined();
    expect(both.volumeClaimTemplates).toEqual(data.templates);
    const pods = [plain.template.spec, both.template.spec];
    expect(pods[1]?.volumes).toEqual([...(pods[0]?.volumes ?? []), ...data.volumes]);
    const mounts = pods.map(({ containers }) => containers[0]?.volumeMounts ?? []);
    expect(mounts[1]).toEqual([...(mounts[0] ?? []), ...data.mounts]);
  });

  it.each([
    ["others", true, ["old"], unknown],
    ["another order", true, ["more", "own"], unknown],
    ["none", true, [], unknown],
    ["the same", true, ["own", "more"], "flower-client"],
    ["no StatefulSet", true, undefined, "flower-client"],
    ["others, in an update", false, ["old"], "flower-client"],
  ])(
    "are no object that the API server tries in a preview when it has templates of %s",
    async (_, preview, templateNames, serviceName) => {
      const recorder = recordResources(preview);
      const templates = [{ metadata: { name: "own" } }, { metadata: { name: "more" } }];
      new Clients("c", { ...ARGS, templateNames, data: { mounts: [], volumes: [], templates } });
      await settled();
      const { spec } = recorder.one("kubernetes:apps/v1:StatefulSet").inputs;
      expect((spec as { serviceName?: string }).serviceName).toBe(serviceName);
    },
  );

  it("count as changed when the templates of their claims do", async () => {
    const hash = async (templates?: { metadata: { name: string } }[]) => {
      recordResources(false);
      const data = templates && { mounts: [], volumes: [], templates };
      const { pods } = new Clients("c", { ...ARGS, data });
      await settled();
      return valueOf(pods);
    };
    const plain = await hash();
    expect(await hash([])).toBe(plain);
    expect(await hash([{ metadata: { name: "own" } }])).not.toBe(plain);
  });

  it("are one StatefulSet, started at once", async () => {
    expect((await statefulSet()).inputs).toMatchObject({
      metadata: {
        name: "flower-client",
        namespace: "lab",
        annotations: { "pulumi.com/waitFor": "jsonpath={.metadata.uid}" },
      },
      spec: {
        replicas: 3,
        podManagementPolicy: "Parallel",
        selector: { matchLabels: { app: "flower-client" } },
        template: { metadata: { labels: { app: "flower-client" } } },
      },
    });
  });

  it("tells a pod its server and its ordinal, and nothing of a run", async () => {
    expect((await statefulSet()).inputs).toMatchObject({
      spec: {
        template: {
          spec: {
            serviceAccountName: "flower-client",
            automountServiceAccountToken: false,
            securityContext: { runAsNonRoot: true, runAsUser: 65532 },
            containers: [
              {
                command: ["kubeflower-client"],
                env: [
                  { name: "KUBEFLOWER_SERVER", value: "service-server:30051" },
                  { name: "KUBEFLOWER_IMAGE", value: "image:1" },
                  {
                    name: "KUBEFLOWER_PARTITION",
                    valueFrom: {
                      fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" },
                    },
                  },
                  { name: "KUBEFLOWER_PROBE_PORT", value: "8081" },
                  { name: "KUBEFLOWER_TOKEN_FILE", value: "/var/run/kubeflower/token" },
                  { name: "KUBEFLOWER_SERVER_ADDRESS", value: "10.96.0.7:30051" },
                  { name: "KUBEFLOWER_TLS_FOLDER", value: "/var/run/kubeflower" },
                ],
                ports: [{ name: "status", containerPort: 8081, protocol: "TCP" }],
                readinessProbe: { httpGet: { path: "/readyz", port: "status" } },
                terminationMessagePolicy: "FallbackToLogsOnError",
                securityContext: { readOnlyRootFilesystem: true },
                volumeMounts: [
                  { name: "tmp", mountPath: "/tmp" },
                  { name: "shared-memory", mountPath: "/dev/shm" },
                  { name: "proof", mountPath: "/var/run/kubeflower", readOnly: true },
                ],
              },
            ],
            volumes: [
              { name: "tmp", emptyDir: {} },
              { name: "shared-memory", emptyDir: { medium: "Memory" } },
              PROOF,
            ],
          },
        },
      },
    });
  });

  it("is updated in its place when the template of its pods changes", async () => {
    const { inputs, replacedBy } = await statefulSet();
    expect(replacedBy).toEqual([]);
    expect(inputs).toMatchObject({
      spec: { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } } },
    });
  });

  it("scales without touching the template of the pods", async () => {
    const template = async (replicas: number): Promise<unknown> =>
      ((await statefulSet({ replicas })).inputs.spec as { template: unknown }).template;
    expect(await template(9)).toEqual(await template(2));
  });

  it("asks for as many gpus as set", async () => {
    expect(JSON.stringify((await statefulSet({ gpus: 2 })).inputs)).toContain(
      '"limits":{"ephemeral-storage":"4Gi","memory":"768Mi","nvidia.com/gpu":"2"}',
    );
  });

  it("proves itself without TLS too, and then asks for no proof of the server", async () => {
    const without = { ...ARGS.identity, authority: undefined };
    const text = JSON.stringify((await statefulSet({ identity: without })).inputs);
    expect(text).toContain("KUBEFLOWER_TOKEN_FILE");
    expect(text).not.toContain("KUBEFLOWER_TLS_FOLDER");
    expect(text).not.toContain("ca.crt");
  });

  it("has the priority it is given, and else none", async () => {
    const text = async (args: Partial<ClientsArgs>): Promise<string> =>
      JSON.stringify((await statefulSet(args)).inputs);
    expect(await text({ priorityClass: "low" })).toContain('"priorityClassName":"low"');
    expect(await text({})).not.toContain("priorityClassName");
  });
});

describe("spreading", () => {
  it("keeps clients, and no other pods, apart", () => {
    fc.assert(
      fc.property(fc.constantFrom("preferred" as const, "required" as const), (spread) => {
        const text = JSON.stringify(spreading(spread));
        expect(text).toContain(`${spread}DuringSchedulingIgnoredDuringExecution`);
        expect(text).toContain('"topologyKey":"kubernetes.io/hostname"');
        expect(text).toContain('"matchLabels":{"app":"flower-client"}');
      }),
    );
  });

  it("is nothing when not wanted", async () => {
    expect(spreading("none")).toBeUndefined();
    expect(JSON.stringify((await statefulSet()).inputs)).not.toContain("affinity");
  });
});
