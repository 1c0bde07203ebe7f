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

  it.each<[object, string, string]>([
    [
      { tolerations: [{ key: "gpu", operator: "Exist" }] },
      'tolerations[0].operator is "Exist" — it must be Exists or Equal',
      set("clientPod.tolerations[0].operator", "Exists"),
    ],
    [
      { dnsPolicy: "clusterFirst" },
      'dnsPolicy is "clusterFirst" — it must be ClusterFirstWithHostNet, ClusterFirst, Default or None',
      set("clientPod.dnsPolicy", "ClusterFirst"),
    ],
    [
      { securityContext: { seccompProfile: { type: 7 } } },
      "securityContext.seccompProfile.type is 7 — it must be Unconfined, RuntimeDefault or Localhost",
      set("clientPod.securityContext.seccompProfile.type"),
    ],
  ])("has one of the words that Kubernetes knows: %j", (patch, sentence, remedy) => {
    expect(read(patch).faults).toEqual([`clientPod.${sentence} — ${remedy}`]);
  });

  it.each<[object, string[]]>([
    [{ spec: { nodeSelector: { gpu: "a100" } } }, ["spec"]],
    [{ apiVersion: "v1", kind: "Pod", spec: null }, ["spec", "apiVersion", "kind"]],
    [{ template: { metadata: {} } }, ["template"]],
  ])("is no whole pod: %j", (patch, names) => {
    expect(read(patch).faults.map((fault) => fault.split(" — ")[0])).toEqual(
      names.map((name) => `clientPod.${name} is of a whole object`),
    );
  });

  it("tells a whole pod where its fields belong", () => {
    const allowed = "a patch has the fields of a pod's spec, and metadata, at its top";
    expect(read({ spec: { nodeSelector: { gpu: "a100" } } }).faults).toEqual([
      `clientPod.spec is of a whole object — ${allowed} — ${rm("clientPod.spec")}; ${set("clientPod.nodeSelector")}`,
    ]);
  });

  it("has labels and selectors that Kubernetes takes", () => {
    const long = "x".repeat(64);
    const patch = {
      metadata: {
        labels: { "team name": "a", "a/b/c": "a", "Lab.org/team": "a", mail: "me@lab.org" },
        annotations: { "note to self": "Any text, here: 1/2", "Lab.org/team": "a b" },
      },
      nodeSelector: { "lab.org/gpu": "a100 80GB", disk: long, "": "a", $patch: "replace" },
    };
    const name =
      "it must have letters, digits, - _ and ., at most 63, and perhaps a DNS name and / before them";
    const value = "a label's value has letters, digits, - _ and ., at most 63";
    const labels = "clientPod.metadata.labels";
    expect(read(patch).faults).toEqual([
      ...["team name", "a/b/c", "Lab.org/team"].map(
        (one) =>
          `${labels}["${one}"] is no name of a label — ${name} — ${rm(`${labels}["${one}"]`)}`,
      ),
      `${labels}["mail"] is "me@lab.org" — ${value} — ${set(`${labels}["mail"]`)}`,
      `clientPod.metadata.annotations["note to self"] is no name of a label — ${name} — ${rm('clientPod.metadata.annotations["note to self"]')}`,
      `clientPod.nodeSelector["lab.org/gpu"] is "a100 80GB" — ${value} — ${set('clientPod.nodeSelector["lab.org/gpu"]')}`,
      `clientPod.nodeSelector["disk"] is "${long}" — ${value} — ${set('clientPod.nodeSelector["disk"]')}`,
      `clientPod.nodeSelector[""] is no name of a label — ${name} — ${rm('clientPod.nodeSelector[""]')}`,
    ]);
  });

  it.each<[object, string]>([
    [{ restartPolicy: "Never" }, "restartPolicy"],
    [{ activeDeadlineSeconds: 60 }, "activeDeadlineSeconds"],
  ])("may not end the pods: %j", (patch, name) => {
    const why = "the pods of a federation run without end";
    expect(read(patch).faults).toEqual([
      `clientPod.${name} is not free — ${why} — ${rm(`clientPod.${name}`)}`,
    ]);
  });

  it("may say what the pods do anyway", () => {
    expect(read({ restartPolicy: "Always" }).faults).toEqual([]);
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
