import { expect, it } from "vitest";
import * as pulumi from "@pulumi/pulumi";

import { strategicMerge } from "../../components/strategicMerge.ts";
import { PATCHES, POD } from "../support/podPatches.ts";

const SPEC = { object: "PodSpec" };
const ORIGINAL = { metadata: POD.metadata, ...POD.spec };
const [CLIENT] = POD.spec.containers;

const merged = (name: string) => strategicMerge(ORIGINAL, PATCHES[name] ?? {}, SPEC);

// tests/e2e/placement.test.ts compares every patch with kubectl.
it.each<[string, object]>([
  ["a scalar", { runtimeClassName: "nvidia" }],
  [
    "null deletes",
    { nodeSelector: undefined, securityContext: { runAsNonRoot: true, fsGroup: 65532 } },
  ],
  ["maps are merged", { nodeSelector: { disk: "ssd", zone: "b", gpu: "yes" } }],
  ["an atomic list", { tolerations: [{ key: "new", operator: "Exists", effect: "NoSchedule" }] }],
  [
    "a list of names",
    { imagePullSecrets: [{ name: "third" }, { name: "first" }, { name: "second" }] },
  ],
  ["a container of its own", { containers: [{ name: "side", image: "side:1" }, CLIENT] }],
  [
    "one init container",
    {
      initContainers: [
        { name: "early", image: "a:1" },
        { name: "late", image: "b:2" },
      ],
    },
  ],
  ["an object replaced", { securityContext: { runAsUser: 7 } }],
  ["an object deleted", { securityContext: {} }],
  ["keys that stay", { securityContext: { runAsNonRoot: true, fsGroup: 9 } }],
  [
    "another kind of volume",
    {
      volumes: [
        { name: "tmp", emptyDir: {} },
        { name: "proof", emptyDir: { medium: "Memory" } },
      ],
    },
  ],
])("merges as Kubernetes does: %s", (name, parts) => {
  expect(merged(name)).toEqual({ ...ORIGINAL, ...parts });
});

it.each<[string, object]>([
  [
    "variables by name",
    {
      env: [CLIENT?.env[0], { name: "B", value: "20" }, { name: "D", value: "4" }, CLIENT?.env[2]],
    },
  ],
  ["other variables", { env: [{ name: "Z", value: "9" }] }],
  ["a limit", { resources: { requests: { cpu: "250m" }, limits: { memory: "768Mi", cpu: "2" } } }],
  [
    "a text less",
    { securityContext: { capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true } },
  ],
])("merges a container as Kubernetes does: %s", (name, parts) => {
  expect(merged(name)).toEqual({ ...ORIGINAL, containers: [{ ...CLIENT, ...parts }] });
});

it("leaves both sides as they were", () => {
  const before = JSON.stringify([ORIGINAL, PATCHES]);
  for (const name of Object.keys(PATCHES)) merged(name);
  expect(JSON.stringify([ORIGINAL, PATCHES])).toBe(before);
});

it("takes values that only an update knows as they are", () => {
  const image = pulumi.output("image:1");
  const pod = { containers: [{ name: "client", image, args: pulumi.output(["a"]) }] };
  const patch = { containers: [{ name: "client", args: ["b"] }] };
  const { containers } = strategicMerge(pod, patch, SPEC) as unknown as typeof pod;
  expect(containers[0]?.image).toBe(image);
  expect(containers[0]?.args).toEqual(["b"]);
});
