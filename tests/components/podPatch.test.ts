import * as pulumi from "@pulumi/pulumi";
import { beforeEach, expect, it, vi } from "vitest";

import { Clients, type ClientsArgs } from "../../components/clients.ts";
import { patched } from "../../components/podPatch.ts";
import type { PodPatch } from "../../settings/podPatch.ts";
import { recordResources, settled } from "../support/mocks.ts";

const ARGS: ClientsArgs = {
  namespace: "lab",
  image: "image:1",
  server: "service-server:30051",
  serverAddress: "10.96.0.7:30051",
  replicas: 3,
  identity: { account: pulumi.output("flower-client"), authority: "authority" },
  resources: { cpu: "250m", memory: "768Mi", ephemeralStorage: "4Gi" },
  arithmetic: "portable",
  gpus: 0,
  nodeConfig: {},
  spread: "none",
};

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>> & {
    readonly containers: readonly { name: string }[];
  };
}

let said: string[] = [];

beforeEach(() => {
  said = [];
  vi.spyOn(pulumi.log, "warn").mockImplementation((message) => {
    said.push(message);
    return Promise.resolve();
  });
});

async function template(args: Partial<ClientsArgs>): Promise<Template> {
  const recorder = recordResources(false);
  new Clients("c", { ...ARGS, ...args });
  await settled();
  const { inputs } = recorder.one("kubernetes:apps/v1:StatefulSet");
  return (inputs as { spec: { template: Template } }).spec.template;
}

/** A container that is as protected as ours. */
const SIDE = {
  name: "agent",
  image: "agent:1",
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
};

it("leaves the template alone where there is nothing to patch", async () => {
  const own = { metadata: { labels: {} }, spec: { containers: [] } };
  expect(patched("flower-client", own, {})).toBe(own);
  expect(await template({ patch: {} })).toEqual(await template({}));
});

it("merges labels, tolerations and containers, the engine's container first", async () => {
  const patch = {
    metadata: { labels: { team: "vision" } },
    tolerations: [{ key: "gpu", operator: "Exists" }],
    containers: [SIDE],
  };
  const [plain, merged] = [await template({}), await template({ patch })];
  expect(merged).toEqual({
    metadata: { labels: { ...plain.metadata.labels, team: "vision" } },
    spec: {
      ...plain.spec,
      tolerations: patch.tolerations,
      containers: [...plain.spec.containers, SIDE],
    },
  });
  expect(said).toEqual([]);
});

it("has the Secret of the registry beside those of the patch, and leaves users to the cluster", async () => {
  const patch = { imagePullSecrets: [{ name: "mirror" }] };
  const { spec } = await template({ pullSecret: "login", runAs: "cluster", patch });
  expect(spec.imagePullSecrets).toEqual([{ name: "mirror" }, { name: "login" }]);
  expect(spec.securityContext).toEqual({
    runAsNonRoot: true,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  });
  // Whatever group the cluster gives, or none, must be able to read the proof.
  expect(spec.volumes).toContainEqual(
    expect.objectContaining({
      name: "proof",
      projected: expect.objectContaining({ defaultMode: 0o444 }) as object,
    }),
  );
});

it.each<[string, PodPatch, ...string[]]>([
  ["the node's network", { hostNetwork: true }, "hostNetwork is true"],
  [
    "root",
    { securityContext: { runAsUser: 0, runAsNonRoot: false } },
    "container client: securityContext.runAsNonRoot is false",
    "container client: securityContext.runAsUser is 0",
  ],
  [
    "a token of the API server",
    { automountServiceAccountToken: true },
    "automountServiceAccountToken is true",
  ],
  ["another account", { serviceAccountName: "mine" }, "serviceAccountName is mine"],
  [
    "another command",
    { containers: [{ name: "client", command: ["sh"] }] },
    "container client: command and args",
  ],
  [
    "capabilities",
    { containers: [{ name: "client", securityContext: { capabilities: null } }] },
    "container client: securityContext.capabilities.drop is []",
  ],
  [
    "a folder of the node",
    { volumes: [{ name: "x", hostPath: { path: "/" } }] },
    "volume x: hostPath /",
  ],
])("warns in a preview of %s", async (_, patch, ...sentences) => {
  await template({ patch });
  expect(said).toEqual(
    sentences.map(
      (sentence) => expect.stringContaining(`clientPod undoes a protection: ${sentence}`) as string,
    ),
  );
});

it("says what a container beside ours lacks", async () => {
  await template({ patch: { containers: [{ name: "agent", image: "agent:1" }] } });
  expect(said.map((sentence) => sentence.split(" — ")[0])).toEqual([
    "clientPod undoes a protection: container agent: securityContext.allowPrivilegeEscalation is not set",
    "clientPod undoes a protection: container agent: securityContext.capabilities.drop is []",
    "clientPod undoes a protection: container agent: securityContext.readOnlyRootFilesystem is not set",
  ]);
});

const client = (changes: object): PodPatch => ({ containers: [{ name: "client", ...changes }] });

it.each<[what: string, patch: PodPatch, refusal: string]>([
  [
    "a container of another name and no image",
    { containers: [{ name: "flower-client", tty: true }] },
    "container flower-client has no image — the engine's container is called client, and each other one has an image of its own",
  ],
  [
    "an init container without an image",
    { initContainers: [{ name: "setup" }] },
    "container setup has no image — the engine's container is called client, and each other one has an image of its own",
  ],
  [
    "a volume of the engine's with another kind",
    { volumes: [{ name: "tmp", hostPath: { path: "/scratch" } }] },
    "volume tmp has emptyDir and hostPath — it must have one kind: delete the other with null, or give yours a name of its own",
  ],
  [
    "a volume of the engine's that is deleted",
    { volumes: [{ name: "proof", $patch: "delete" }] },
    "container client mounts volume proof at /var/run/kubeflower, and the pod has no such volume — it has tmp, shared-memory",
  ],
  [
    "a mount of a volume that is not there",
    client({ volumeMounts: [{ name: "data", mountPath: "/data" }] }),
    "container client mounts volume data at /data, and the pod has no such volume — it has tmp, shared-memory, proof",
  ],
  [
    "a mount of no volume",
    client({ volumeMounts: [{ mountPath: "/data" }] }),
    "containers[0].volumeMounts[0] has no name — it must have name and mountPath",
  ],
  [
    "a term of an affinity without its operator",
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: "gpu", values: ["a100"] }] }],
          },
        },
      },
    },
    "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0] has no operator — it must have key and operator",
  ],
  [
    "a variable from two places",
    client({
      env: [{ name: "A", value: "1", valueFrom: { secretKeyRef: { name: "s", key: "k" } } }],
    }),
    "container client: variable A has value and valueFrom — it must have one of them: delete the other with null",
  ],
  [
    "a request above its limit",
    client({ resources: { limits: { memory: "0.5Gi", cpu: "2" }, requests: { cpu: "2000m" } } }),
    "container client: it requests 768Mi of memory, more than the limit of 0.5Gi — a request is at most its limit",
  ],
  [
    "a device that is only requested",
    client({ resources: { requests: { "amd.com/gpu": "1" } } }),
    "container client: it requests 1 of amd.com/gpu, with no limit — both must be the same, and the limit alone suffices",
  ],
  [
    "a claim of a device that the pod has not",
    client({ resources: { claims: [{ name: "gpu" }] } }),
    "container client has the claim gpu, and the pod's resourceClaims have none of that name — they must have it",
  ],
  [
    "a probe of two kinds",
    client({ livenessProbe: { exec: { command: ["true"] } } }),
    "container client: livenessProbe has exec and httpGet — it must have one of exec, grpc, httpGet, tcpSocket: delete the other with null",
  ],
  [
    "a toleration that compares nothing",
    { tolerations: [{ key: "gpu", operator: "Exists", value: "yes" }] },
    "tolerations[0] has the value yes with the operator Exists — only Equal compares values",
  ],
  [
    "a toleration of everything that says Equal",
    { tolerations: [{ effect: "NoSchedule" }] },
    "tolerations[0] has no key — only the operator Exists needs none",
  ],
  [
    "seconds of another effect",
    { tolerations: [{ key: "gpu", operator: "Exists", tolerationSeconds: 60 }] },
    "tolerations[0] has tolerationSeconds — only the effect NoExecute has them",
  ],
  [
    "a class that none can be called",
    { runtimeClassName: "Nvidia GPU" },
    'runtimeClassName is "Nvidia GPU" — a name has small letters, digits, dashes and dots',
  ],
  [
    "a volume of a name that none has",
    { volumes: [{ name: "my_data", emptyDir: {} }] },
    'a container or volume is called "my_data" — such a name has small letters, digits and dashes',
  ],
  [
    "no DNS at all",
    { dnsPolicy: "None" },
    "dnsPolicy is None, and dnsConfig has no nameservers — it must have one then",
  ],
])("is refused with %s", async (_, patch, refusal) => {
  await expect(template({ patch })).rejects.toThrow(
    `clientPod makes a pod that Kubernetes refuses: ${refusal} — correct it: pulumi config set --path 'clientPod.<field>' <value>`,
  );
});

it.each<[string, PodPatch]>([
  [
    "volumes, devices and claims of its own",
    {
      volumes: [
        { name: "tmp", emptyDir: null, ephemeral: { volumeClaimTemplate: { spec: {} } } },
        { name: "d", emptyDir: {} },
      ],
      resourceClaims: [{ name: "gpu", resourceClaimTemplateName: "gpu" }],
      ...client({
        volumeMounts: [{ name: "d", mountPath: "/data" }],
        resources: { claims: [{ name: "gpu" }], limits: { "amd.com/gpu": "1" } },
      }),
    },
  ],
  [
    "a mount of a claim of each client's own",
    client({ volumeMounts: [{ name: "site", mountPath: "/more" }] }),
  ],
  [
    "a variable that is taken from elsewhere",
    client({
      env: [{ name: "A", value: "", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
    }),
  ],
  ["another probe", client({ livenessProbe: { httpGet: null, exec: { command: ["true"] } } })],
  ["a volume of no kind", { volumes: [{ name: "mine" }] }],
  ["all taints", { tolerations: [{ operator: "Exists" }] }],
])("takes %s", async (_, patch) => {
  const site = { metadata: { name: "site" }, spec: {} };
  const made = await template({ patch, data: { mounts: [], volumes: [], templates: [site] } });
  expect(made.spec.containers[0]?.name).toBe("client");
});
