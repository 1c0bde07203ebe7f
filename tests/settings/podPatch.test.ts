import { describe, expect, it } from "vitest";

import { Faults } from "../../settings/faults.ts";
import { podPatch } from "../../settings/podPatch.ts";
import { PATCHES } from "../support/podPatches.ts";

type Role = "server" | "client";

function read(patch: unknown, role: Role = "client"): { value: unknown; faults: string[] } {
  const faults = new Faults("dev");
  const text = typeof patch === "string" ? patch : JSON.stringify(patch);
  const value = podPatch(role, "patch").read(text, { key: `${role}Pod`, fallback: {}, faults });
  return {
    value,
    faults: faults.found.map((fault) => [fault.wrong, fault.allowed, fault.remedy].join(" — ")),
  };
}

const set = (path: string, value = "<value>"): string =>
  `pulumi config set --path '${path}' ${value} -s dev`;
const rm = (path: string): string => `pulumi config rm --path '${path}' -s dev`;

describe("a patch of a pod", () => {
  it.each([
    [{ tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }] }],
    [{ nodeSelector: { "kubernetes.io/arch": "arm64" }, runtimeClassName: "nvidia" }],
    [{ securityContext: { runAsUser: null, $patch: "replace" } }],
    [
      {
        metadata: {
          labels: { team: "vision" },
          annotations: { "sidecar.istio.io/inject": "true" },
        },
      },
    ],
    [{ containers: [{ name: "side", image: "side:1", ports: [{ containerPort: 8081 }] }] }],
    [{ containers: [{ name: "client", resources: { limits: { cpu: "2" } } }] }],
    [{}],
  ])("is taken as it is: %j", (patch) => {
    expect(read(patch)).toEqual({ value: patch, faults: [] });
  });

  it("may stay unset", () => {
    expect(read("")).toEqual({ value: {}, faults: [] });
  });

  it("has its values back that Pulumi's --path has turned", () => {
    const typed = {
      nodeSelector: { gpu: true, rack: 7 },
      tolerations: [{ key: "a", value: true, tolerationSeconds: "30" }],
      hostNetwork: "false",
      securityContext: { runAsUser: "null", fsGroup: "1000" },
      affinity: "null",
      containers: [{ name: "side", resources: { limits: { cpu: 2 } } }],
    };
    expect(read(typed)).toEqual({
      value: {
        nodeSelector: { gpu: "true", rack: "7" },
        tolerations: [{ key: "a", value: "true", tolerationSeconds: 30 }],
        hostNetwork: false,
        securityContext: { runAsUser: null, fsGroup: 1000 },
        affinity: null,
        containers: [{ name: "side", resources: { limits: { cpu: "2" } } }],
      },
      faults: [],
    });
  });

  it("has all its faults told at once, each with its path", () => {
    const patch = {
      tolerations: [{ efect: "NoSchedule" }, "all"],
      nodeSelector: { "kubernetes.io/arch": [1] },
      hostNetwork: "often",
      terminationGracePeriodSeconds: 1.5,
      containers: [{ image: "side:1", resources: { limits: { memory: "much" } } }],
      volumes: {},
      metadata: { name: "mine" },
    };
    const toleration = "allowed: effect, key, operator, tolerationSeconds, value";
    expect(read(patch).faults).toEqual([
      `clientPod.tolerations[0].efect is no field of a Toleration — ${toleration} — ${rm("clientPod.tolerations[0].efect")}; ${set("clientPod.tolerations[0].effect")}`,
      `clientPod.tolerations[1] is "all" — it must be an object of keys and values — ${set("clientPod.tolerations[1]")}`,
      `clientPod.nodeSelector["kubernetes.io/arch"] is [1] — it must be a text — ${set('clientPod.nodeSelector["kubernetes.io/arch"]')}`,
      `clientPod.hostNetwork is "often" — it must be true or false — ${set("clientPod.hostNetwork")}`,
      `clientPod.terminationGracePeriodSeconds is 1.5 — it must be a whole number — ${set("clientPod.terminationGracePeriodSeconds")}`,
      `clientPod.containers[0].resources.limits.memory is "much" — it must be a quantity such as 250m or 4Gi — ${set("clientPod.containers[0].resources.limits.memory")}`,
      `clientPod.containers[0] has no name — items of this list are merged by their name — ${set("clientPod.containers[0].name")}`,
      `clientPod.volumes is {} — it must be a list — ${set("clientPod.volumes")}`,
      `clientPod.metadata.name is no field of a PodMetadata — allowed: annotations, labels — ${rm("clientPod.metadata.name")}`,
    ]);
  });

  it.each([
    [
      { securityContext: { $patch: "merge" } },
      'securityContext.$patch is "merge" — it must be replace or delete',
    ],
    [
      { $setElementOrder: [] },
      "$setElementOrder is no directive — $patch, $retainKeys and $deleteFromPrimitiveList/<list> are",
    ],
    [
      { tolerations: [{ $patch: "replace" }] },
      "tolerations[0] has $patch — a patch replaces this list as a whole",
    ],
    [{ volumes: [null] }, "volumes[0] is null — it must be an item; it is deleted by $patch"],
  ])("has other directives refused: %j", (patch, sentence) => {
    expect(read(patch).faults).toEqual([expect.stringContaining(`clientPod.${sentence} — `)]);
  });

  it.each<[string, object, string]>([
    ["labels of ours", { metadata: { labels: { app: "mine" } } }, 'metadata.labels["app"]'],
    ["no labels", { metadata: { labels: null } }, "metadata.labels"],
    ["no metadata", { metadata: null }, "metadata.labels"],
    ["another whole", { $patch: "replace" }, "$patch"],
    ["no containers", { containers: null }, "containers"],
    ["other containers", { containers: [{ $patch: "replace" }] }, "containers[0].$patch"],
    [
      "the engine deleted",
      { containers: [{ name: "client", $patch: "delete" }] },
      "containers[0].$patch",
    ],
    [
      "a variable of ours",
      { containers: [{ name: "client", env: [{ name: "KUBEFLOWER_SERVER", value: "x" }] }] },
      "containers[0].env[0]",
    ],
    [
      "a port of ours",
      { containers: [{ name: "client", ports: [{ containerPort: 8081, name: "x" }] }] },
      "containers[0].ports[0]",
    ],
    [
      "no mounts",
      { containers: [{ name: "client", volumeMounts: null }] },
      "containers[0].volumeMounts",
    ],
    [
      "a mount deleted",
      { containers: [{ name: "client", volumeMounts: [{ mountPath: "/tmp", $patch: "delete" }] }] },
      "containers[0].volumeMounts[0].$patch",
    ],
  ])("may not break the engine: %s", (_, patch, path) => {
    const { faults } = read(patch);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`clientPod.${path} is not free — `);
  });

  it("leaves the image to its setting", () => {
    const patch = { containers: [{ name: "server", image: "mine:1" }] };
    expect(read(patch, "server").faults).toEqual([
      `serverPod.containers[0].image is set — the setting image decides it — ${rm("serverPod.containers[0].image")}; pulumi config set image <name>@sha256:<digest> -s dev`,
    ]);
    expect(read(patch, "client").faults).toEqual([]);
  });

  it.each(Object.entries(PATCHES))("knows all fields of Kubernetes: %s", (_, patch) => {
    expect(read(patch).faults.filter((fault) => !/is not free/.test(fault))).toEqual([]);
  });
});
