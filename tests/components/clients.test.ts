import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Clients, spreading, type ClientsArgs } from "../../components/clients.ts";
import { recordResources, settled, type Registered } from "../support/mocks.ts";

const ARGS: ClientsArgs = {
  namespace: "lab",
  image: "image:1",
  server: "service-server:30051",
  replicas: 3,
  resources: { cpu: "250m", memory: "768Mi" },
  gpus: 0,
  spread: "none",
};

async function statefulSet(args: Partial<ClientsArgs> = {}): Promise<Registered> {
  const recorder = recordResources(false);
  new Clients("c", { ...ARGS, ...args });
  await settled();
  expect(recorder.resources.map((r) => r.type)).toEqual([
    "kubeflower:index:Clients",
    "kubernetes:apps/v1:StatefulSet",
  ]);
  return recorder.one("kubernetes:apps/v1:StatefulSet");
}

describe("Clients", () => {
  it("creates exactly one StatefulSet of all clients, started at once", async () => {
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
            automountServiceAccountToken: false,
            securityContext: { runAsNonRoot: true, runAsUser: 65532 },
            containers: [
              {
                command: ["kubeflower-client"],
                env: [
                  { name: "KUBEFLOWER_SERVER", value: "service-server:30051" },
                  {
                    name: "KUBEFLOWER_PARTITION",
                    valueFrom: {
                      fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" },
                    },
                  },
                ],
                terminationMessagePolicy: "FallbackToLogsOnError",
                securityContext: { readOnlyRootFilesystem: true },
                volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
              },
            ],
            volumes: [{ name: "tmp", emptyDir: {} }],
          },
        },
      },
    });
  });

  it("scales without touching the template of the pods", async () => {
    const template = async (replicas: number): Promise<unknown> =>
      ((await statefulSet({ replicas })).inputs.spec as { template: unknown }).template;
    expect(await template(9)).toEqual(await template(2));
  });

  it("asks for as many gpus as set", async () => {
    expect(JSON.stringify((await statefulSet({ gpus: 2 })).inputs)).toContain(
      '"limits":{"memory":"768Mi","nvidia.com/gpu":"2"}',
    );
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
