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
