import { expect, it } from "vitest";

import type { Container, Pod } from "../../../policy/kubernetes.ts";
import { ownPods } from "../../../policy/rules/ownPods.ts";
import { refusals, UNKNOWN, type Resource } from "../support/refusals.ts";

const CLIENT: Container = {
  name: "client",
  command: ["kubeflower-client"],
  volumeMounts: [
    { name: "tmp", mountPath: "/tmp" },
    { name: "proof", mountPath: "/var/run/kubeflower" },
  ],
};
const SIDE: Container = { name: "side", image: "side:1" };

function clients(
  pod: Partial<Pod> = {},
  change: Partial<Container> = {},
  app = "flower-client",
): Resource {
  const spec: Pod = {
    serviceAccountName: "flower-client",
    containers: [{ ...CLIENT, ...change }],
    volumes: [
      { name: "tmp", emptyDir: {} },
      { name: "proof", projected: { sources: [] } },
    ],
    ...pod,
  };
  const template = { metadata: { labels: { app } }, spec };
  return { type: "kubernetes:apps/v1:StatefulSet", name: "clients", props: { spec: { template } } };
}

const mounted = (name: string, mountPath: string): Partial<Container> => ({
  volumeMounts: [...(CLIENT.volumeMounts ?? []), { name, mountPath }],
});

it.each<[string, Resource]>([
  ["as they are", clients()],
  ["with a container beside", clients({ containers: [CLIENT, SIDE] })],
  ["with data", clients({}, mounted("data-0", "/data"))],
  ["of others", clients({ serviceAccountName: "mine" }, { command: ["sh"] }, "mine")],
  ["with an account that is still unknown", clients({ serviceAccountName: UNKNOWN })],
])("lets pods pass %s", async (_, resource) => {
  expect(await refusals(ownPods, resource)).toEqual([]);
});

it.each<[string, Resource, string]>([
  [
    "account",
    clients({ serviceAccountName: "mine" }),
    "serviceAccountName is mine — allowed: flower-client",
  ],
  ["shared processes", clients({ shareProcessNamespace: true }), "shareProcessNamespace is true"],
  [
    "no container of the engine",
    clients({ containers: [SIDE] }),
    "the pod has no container client",
  ],
  [
    "another command",
    clients({}, { command: ["sh", "-c", "x"] }),
    'container client: command and args are ["sh","-c","x"]',
  ],
  [
    "arguments",
    clients({}, { args: ["x"] }),
    'container client: command and args are ["kubeflower-client","x"]',
  ],
  [
    "hooks",
    clients({}, { lifecycle: { postStart: { exec: { command: ["sh"] } } } }),
    "container client: lifecycle starts other programs",
  ],
  [
    "another token",
    clients({}, { volumeMounts: [{ name: "mine", mountPath: "/var/run/kubeflower" }] }),
    "container client: volume mine at /var/run/kubeflower hides /var/run/kubeflower of the engine",
  ],
  [
    "files beside the token",
    clients({}, mounted("mine", "/var/run/kubeflower/token")),
    "hides /var/run/kubeflower of the engine",
  ],
  [
    "a folder around it",
    clients({}, mounted("mine", "/var")),
    "volume mine at /var hides /var/run/kubeflower of the engine",
  ],
  [
    "other programs",
    clients({}, mounted("mine", "/usr/local/bin/")),
    "volume mine at /usr/local/bin/ hides /usr of the engine",
  ],
  ["a whole root", clients({}, mounted("mine", "/")), "volume mine at / hides"],
  [
    "another proof",
    clients({ volumes: [{ name: "proof", emptyDir: {} }] }),
    "volume proof is no projected",
  ],
  [
    "a proof for others",
    clients({
      containers: [CLIENT, { ...SIDE, volumeMounts: [{ name: "proof", mountPath: "/p" }] }],
    }),
    "container side: it mounts the engine's volume proof",
  ],
])("refuses pods with %s", async (_, resource, sentence) => {
  expect(await refusals(ownPods, resource)).toEqual([expect.stringContaining(sentence)]);
});
