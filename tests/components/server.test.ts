import { describe, expect, it } from "vitest";
import { managed } from "../../components/kubernetes.ts";
import { Server, type ServerArgs } from "../../components/server.ts";
import { EXAMPLE_RUN } from "../support/exampleRun.ts";
import { recordResources, settled, valueOf, type Recorder } from "../support/mocks.ts";

const RUN = { ...EXAMPLE_RUN, min: 3, replicas: 4, quorum: 1, runConfig: { alpha: 0.1 } };
const ARGS: ServerArgs = {
  namespace: "lab",
  image: "image:1",
  runId: "0123456789ab",
  run: RUN,
  arithmetic: "portable",
  identity: { keys: "keys", certificate: "certificate" },
  resources: { cpu: "250m", memory: "1Gi", ephemeralStorage: "2Gi" },
  storage: "2Gi",
  claim: { name: "flower-server", storageClass: undefined },
  serviceType: "ClusterIP",
};

async function server(args: Partial<ServerArgs> = {}): Promise<Recorder> {
  const recorder = recordResources(false);
  new Server("s", { ...ARGS, ...args });
  await settled();
  return recorder;
}

interface Container {
  env: { name: string; value: string }[];
  ports: { name: string; containerPort: number }[];
  volumeMounts: { name: string; mountPath: string }[];
}
interface Workload {
  metadata: { annotations: unknown };
  spec: {
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string> };
      spec: { containers: Container[]; volumes: { name: string }[] };
    };
  };
}

function deployment(recorder: Recorder): Workload {
  return recorder.one("kubernetes:apps/v1:Deployment").inputs as unknown as Workload;
}

describe("Server", () => {
  it("creates exactly a volume, a Service, a Deployment and its disruption budget", async () => {
    const { resources } = await server();
    expect(resources.map((r) => `${r.type} ${r.name}`).sort()).toEqual([
      "kubeflower:index:Server s",
      "kubernetes:apps/v1:Deployment s",
      "kubernetes:core/v1:PersistentVolumeClaim s-volume",
      "kubernetes:core/v1:Service s-service",
      "kubernetes:policy/v1:PodDisruptionBudget s",
    ]);
  });

  it("publishes 30051, which goes to port 8080 of the pod by its name", async () => {
    const recorder = await server();
    const service = recorder.one("kubernetes:core/v1:Service").inputs;
    expect(service).toMatchObject({
      metadata: { name: "service-server", namespace: "lab" },
      spec: {
        type: "ClusterIP",
        ports: [{ name: "stream", port: 30051, targetPort: "stream", protocol: "TCP" }],
      },
    });
    expect(deployment(recorder).spec.template.spec.containers[0]?.ports).toEqual([
      { name: "stream", containerPort: 8080, protocol: "TCP" },
      { name: "status", containerPort: 8081, protocol: "TCP" },
    ]);
  });

  it("selects its own pods, by Service and by Deployment", async () => {
    const recorder = await server();
    const { selector, template } = deployment(recorder).spec;
    const service = recorder.one("kubernetes:core/v1:Service").inputs as {
      spec: { selector: object };
    };
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    expect(template.metadata.labels).toMatchObject(service.spec.selector);
    expect(selector.matchLabels).toEqual({ app: "flower-server" });
  });

  it("runs one pod at a time on one volume, restricted and without a token", async () => {
    const recorder = await server();
    expect(recorder.one("kubernetes:apps/v1:Deployment").inputs).toMatchObject({
      metadata: { name: "flower-server", namespace: "lab" },
      spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        template: {
          spec: {
            automountServiceAccountToken: false,
            securityContext: { runAsNonRoot: true, runAsUser: 65532, fsGroup: 65532 },
            containers: [
              {
                image: "image:1",
                imagePullPolicy: "IfNotPresent",
                command: ["kubeflower-server"],
                terminationMessagePolicy: "FallbackToLogsOnError",
                securityContext: { readOnlyRootFilesystem: true },
                resources: {
                  requests: { cpu: "250m", memory: "1Gi", "ephemeral-storage": "64Mi" },
                  limits: { memory: "1Gi", "ephemeral-storage": "2Gi" },
                },
              },
            ],
            volumes: [
              { name: "data", persistentVolumeClaim: { claimName: "flower-server" } },
              { name: "tmp", emptyDir: {} },
              { name: "shared-memory", emptyDir: { medium: "Memory" } },
              { name: "keys", configMap: { name: "keys" } },
              {
                name: "metrics",
                secret: { secretName: "flower-metrics", optional: true, defaultMode: 0o440 },
              },
              { name: "certificate", secret: { secretName: "certificate", defaultMode: 0o440 } },
            ],
          },
        },
      },
    });
  });

  it("is not moved to another node while it is well", async () => {
    expect((await server()).one("kubernetes:policy/v1:PodDisruptionBudget").inputs).toMatchObject({
      metadata: { name: "flower-server", namespace: "lab" },
      spec: {
        minAvailable: 1,
        selector: { matchLabels: { app: "flower-server" } },
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    });
  });

  it("finds its certificate and the keys that prove its clients in mounted files", async () => {
    const [container] = deployment(await server()).spec.template.spec.containers;
    expect(container?.env).toEqual(
      expect.arrayContaining([
        { name: "KUBEFLOWER_CLIENT_NAME", value: "flower-client" },
        { name: "KUBEFLOWER_KEYS_FILE", value: "/etc/kubeflower/keys/jwks.json" },
        { name: "KUBEFLOWER_TLS_FOLDER", value: "/etc/kubeflower/tls" },
        {
          name: "KUBEFLOWER_NAMESPACE",
          valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } },
        },
      ]),
    );
  });

  it("has no certificate without TLS, and proves its clients all the same", async () => {
    const without = { ...ARGS.identity, certificate: undefined };
    const text = JSON.stringify(deployment(await server({ identity: without })));
    expect(text).not.toContain("KUBEFLOWER_TLS_FOLDER");
    expect(text).not.toContain("certificate");
    expect(text).toContain("KUBEFLOWER_KEYS_FILE");
  });

  it("has the priority it is given, and else none", async () => {
    const priority = async (args: Partial<ServerArgs>): Promise<unknown> =>
      (deployment(await server(args)).spec.template.spec as { priorityClassName?: string })
        .priorityClassName;
    expect(await priority({ priorityClass: "high" })).toBe("high");
    expect(await priority({})).toBeUndefined();
  });

  it("mounts a volume of the pod at each place that is written to", async () => {
    const { containers, volumes } = deployment(await server()).spec.template.spec;
    expect(containers[0]?.volumeMounts).toEqual([
      { name: "data", mountPath: "/var/lib/kubeflower" },
      { name: "tmp", mountPath: "/tmp" },
      { name: "shared-memory", mountPath: "/dev/shm" },
      { name: "keys", mountPath: "/etc/kubeflower/keys", readOnly: true },
      { name: "metrics", mountPath: "/etc/kubeflower/metrics", readOnly: true },
      { name: "certificate", mountPath: "/etc/kubeflower/tls", readOnly: true },
    ]);
    expect(containers[0]?.volumeMounts.map((m) => m.name)).toEqual(volumes.map((v) => v.name));
  });

  it("claims the storage asked for, of the cluster's default class unless one is named", async () => {
    const claim = "kubernetes:core/v1:PersistentVolumeClaim";
    expect((await server()).one(claim).inputs.spec).toEqual({
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "2Gi" } },
    });
    const other = { name: "flower-server-33333333", storageClass: "fast" };
    const { inputs } = (await server({ claim: other })).one(claim);
    expect(inputs).toMatchObject({
      metadata: { name: "flower-server-33333333" },
      spec: { storageClassName: "fast" },
    });
  });

  it("leaves all waiting to the run", async () => {
    const { resources } = await server();
    for (const { inputs, name } of resources.filter((r) => r.custom)) {
      expect((inputs as unknown as Workload).metadata.annotations, name).toEqual(managed());
    }
  });

  it("is told the run by its environment", async () => {
    const env = deployment(await server()).spec.template.spec.containers[0]?.env ?? [];
    expect(Object.fromEntries(env.map(({ name, value }) => [name, value]))).toEqual({
      KUBEFLOWER_CLIENT_NAME: "flower-client",
      KUBEFLOWER_KEYS_FILE: "/etc/kubeflower/keys/jwks.json",
      KUBEFLOWER_METRICS_TOKEN_FILE: "/etc/kubeflower/metrics/token",
      KUBEFLOWER_NAMESPACE: undefined, // from its own metadata
      KUBEFLOWER_POD_IP: undefined, // likewise
      KUBEFLOWER_TLS_FOLDER: "/etc/kubeflower/tls",
      KUBEFLOWER_RUN: "0123456789ab",
      KUBEFLOWER_IMAGE: "image:1",
      KUBEFLOWER_RUN_SPEC: JSON.stringify(RUN),
      KUBEFLOWER_DATA: "/var/lib/kubeflower",
      KUBEFLOWER_STORAGE: "2147483648",
    });
  });

  it("is told how many runs the volume keeps", async () => {
    const [container] = deployment(await server({ keepRuns: 3 })).spec.template.spec.containers;
    expect(container?.env).toContainEqual({ name: "KUBEFLOWER_KEEP_RUNS", value: "3" });
  });

  it("is told where the run comes from, for its record", async () => {
    const origin = { app: "app/vision", runToken: "", sources: "0f1e" };
    const [container] = deployment(await server({ origin })).spec.template.spec.containers;
    expect(container?.env).toContainEqual({
      name: "KUBEFLOWER_ORIGIN",
      value: JSON.stringify(origin),
    });
  });

  it("tells the server's address by the Service's name", async () => {
    recordResources(false);
    expect(await valueOf(new Server("s", ARGS).address)).toBe("service-server:30051");
    await settled();
  });

  it.each([
    ["10.96.0.7", "10.96.0.7:30051"],
    ["fd00::7", "[fd00::7]:30051"],
    ["None", ""],
    [undefined, ""],
  ])("tells where the Service with the IP %s is without DNS", async (clusterIP, address) => {
    const recorder = recordResources(false);
    const metadata = { name: "service-server" };
    recorder.states.set("kubernetes:core/v1:Service", { metadata, spec: { clusterIP } });
    expect(await valueOf(new Server("s", ARGS).clusterAddress)).toBe(address);
    await settled();
  });
});
