import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadSettings, readSettings, type Settings } from "../../settings/read.ts";
import { BAD_CONFIGS, refusalOf } from "../support/badConfigs.ts";
import { projectDefaults } from "../support/stackConfig.ts";

type Values = Record<string, string>;

const read = (values: Values): Settings => readSettings({ ...projectDefaults(), ...values }, "dev");

function refusal(values: Values): string {
  try {
    read(values);
  } catch (error) {
    expect(pulumi.RunError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error(`${JSON.stringify(values)} was taken`);
}

const REMOTE = { cluster: "remote", context: "lab" };

describe("loadSettings", () => {
  it.each(BAD_CONFIGS)("refuses %j", (values, ...lines) => {
    expect(refusal(values)).toBe(refusalOf(lines));
  });

  it("tells all faults of a stack at once", () => {
    const message = refusal({ rounds: "0", clients: "3", min: "2", wait: "no", round: "1" });
    expect(message.split("\n").map((line) => line.split(" — ")[0])).toEqual([
      "4 settings are wrong:",
      '  rounds is "0"',
      "  clients is 3, more than min (2)",
      '  wait is "no"',
      "  round is no setting",
    ]);
  });

  it("keeps a secret secret that was set without --path", () => {
    const given = { "env.HF_TOKEN": "hidden" };
    expect(() => readSettings({ ...projectDefaults(), ...given }, "dev", ["env.HF_TOKEN"])).toThrow(
      "env.HF_TOKEN is no setting — a part of env is set with --path — pulumi config rm env.HF_TOKEN -s dev; pulumi config set --secret --path 'env.HF_TOKEN' <value> -s dev",
    );
  });

  it("refuses a secret where its value would be in clear", () => {
    const values = { ...projectDefaults(), runConfig: '{"alpha":0.3}', env: '{"TOKEN":"t"}' };
    expect(() => readSettings(values, "dev", ["env", "buildArgs", "runConfig", "rounds"])).toThrow(
      refusalOf(
        ["rounds", "runConfig"].map(
          (key) =>
            `${key} is secret — only buildArgs and env may be: pods and the run's record have the others in clear — pulumi config rm ${key} -s dev; pulumi config set --secret --path env.<NAME>, which the app reads from its environment`,
        ),
      ),
    );
    const { env, envIsSecret } = readSettings({ ...values, runConfig: "" }, "dev", ["env"]);
    expect([env, envIsSecret]).toEqual([{ TOKEN: "t" }, true]);
  });

  it.each([
    ["runConfig", "hidden"],
    ["runConfig", '{"alpha":"hidden"}'],
    ["runConfig", '{"hidden":1,"alpha":{"hidden":"hidden"}}'],
    ["runConfig", '["hidden"]'],
    ["nodeConfig", '{"partition-id":"hidden","a":["hidden"]}'],
    ["serverResources", '{"memory":"hidden"}'],
    ["egress", '["hidden"]'],
    ["rounds", "hidden"],
    ["cluster", "hidden"],
    ["namespace", "HIDDEN hidden"],
    ["app", "hidden"],
    ["image", "hidden:latest"],
  ])("repeats nothing of a secret %s that is wrong as well: %s", (key, value) => {
    const values = { ...projectDefaults(), [key]: value };
    expect(() => readSettings(values, "dev", [key])).toThrow(
      new RegExp(`^1 setting is wrong:\n  ${key} is secret (?!.*hidden)[^\n]*$`),
    );
  });

  it.each(["env", "buildArgs"])("repeats no secret of %s that is wrong", (key) => {
    for (const value of ["hidden", '["hidden"]', '{"a-":"hidden","CA":"hidden","B":["hidden"]}']) {
      const values = { ...projectDefaults(), [key]: value };
      expect(() => readSettings(values, "dev", [key])).toThrow(/^(?![^]*hidden)/);
    }
  });

  it("takes the project's defaults as they are", () => {
    expect(read({})).toEqual({
      cluster: "minikube",
      context: "minikube",
      namespace: "kubeflower",
      createNamespace: true,
      jwks: undefined,
      app: "app/vision",
      delivery: { by: "minikube", profile: "minikube", builder: "docker" },
      run: {
        rounds: 5,
        clients: 2,
        min: 2,
        replicas: 2,
        quorum: 2,
        seed: 42,
        arithmetic: "portable",
        roundTimeout: 600,
        runConfig: {},
      },
      runToken: "",
      timeout: 3600,
      wait: true,
      tls: true,
      priorityClass: undefined,
      env: {},
      envIsSecret: false,
      egress: [],
      serverEgress: [],
      nodeConfig: {},
      data: [],
      runAs: "image",
      serverPod: {},
      clientPod: {},
      image: undefined,
      registry: undefined,
      builder: "docker",
      base: undefined,
      buildArgs: {},
      pullSecret: undefined,
      platform: undefined,
      keepRuns: undefined,
      discard: undefined,
      serverResources: { cpu: "250m", memory: "1Gi", ephemeralStorage: "2Gi" },
      clientResources: { cpu: "250m", memory: "768Mi", ephemeralStorage: "4Gi" },
      storage: "1Gi",
      storageClass: undefined,
      serviceType: "ClusterIP",
      monitoring: undefined,
      gpus: 0,
      spread: "preferred",
    });
  });

  it("lets clients have GPUs on a base of the user's own", () => {
    expect(read({ gpus: "1", base: "pytorch/pytorch:2.8.0" })).toMatchObject({
      gpus: 1,
      base: "pytorch/pytorch:2.8.0",
    });
  });

  it("lets min, replicas and quorum follow clients", () => {
    expect(read({ clients: "4" }).run).toMatchObject({ min: 4, replicas: 4, quorum: 4 });
    expect(read({ min: "3" }).run).toMatchObject({ clients: 2, replicas: 3, quorum: 2 });
  });

  it("has further resources only where they are set", () => {
    const more = { cpuLimit: "2", ephemeralStorageRequest: "4Gi" };
    const { clientResources } = read({ clientResources: JSON.stringify(more) });
    const defaults = { cpu: "250m", memory: "768Mi", ephemeralStorage: "4Gi" };
    expect(clientResources).toEqual({ ...defaults, ...more });
  });

  it("fills one resource left out from the defaults", () => {
    expect(read({ clientResources: '{"memory":"2Gi"}' }).clientResources).toEqual({
      cpu: "250m",
      memory: "2Gi",
      ephemeralStorage: "4Gi",
    });
  });

  it("gives run config the app's own types, as `config set --path` keeps 0.1 as a text", () => {
    const runConfig = '{"alpha":"0.1","local-epochs":"3","dataset":"cifar10"}';
    expect(read({ runConfig }).run.runConfig).toEqual({
      alpha: 0.1,
      "local-epochs": 3,
      dataset: "cifar10",
    });
  });

  it("needs neither registry nor app folder for a ready image", () => {
    const image = `ghcr.io/you/kubeflower@sha256:${"a".repeat(64)}`;
    expect(read({ ...REMOTE, image, app: "elsewhere" }).delivery).toEqual({
      by: "reference",
      image,
    });
  });

  it("pushes to the registry of a remote cluster, and loads into the profile of a minikube", () => {
    expect(read({ ...REMOTE, registry: "localhost:5555" }).delivery).toEqual({
      by: "registry",
      registry: "localhost:5555",
    });
    expect(read({ context: "lab", builder: "minikube" }).delivery).toEqual({
      by: "minikube",
      profile: "lab",
      builder: "minikube",
    });
  });

  it.each([
    [{ context: "kind-lab" }, "kind"],
    [{ context: "k3d-lab" }, "k3d"],
    [{ context: "docker-desktop" }, "docker-desktop"],
    [{ context: "mine", cluster: "containerd" }, "containerd"],
  ])("hands the image to the nodes for %o", (values, cluster) => {
    const { cluster: kind, delivery } = read(values);
    expect(kind).toBe(cluster);
    expect(delivery).toEqual({ by: "nodes", cluster, context: values.context });
  });

  it("takes a ready image to any cluster, whatever its context is called", () => {
    const context = "arn:aws:eks:eu-west-1:123456789012:cluster/lab";
    const image = "ghcr.io/you/app:1";
    expect(read({ context, image })).toMatchObject({
      context,
      delivery: { by: "reference", image },
    });
  });

  it("takes the kind that is set before the one that the context tells", () => {
    const { cluster, delivery } = read({
      context: "kind-lab",
      cluster: "remote",
      registry: "localhost:5555",
    });
    expect([cluster, delivery.by]).toEqual(["remote", "registry"]);
    expect(read({ context: "kind-lab", cluster: "minikube" }).delivery.by).toBe("minikube");
  });

  it("reads the stack's config and leaves that of other namespaces alone", async () => {
    await pulumi.runtime.setMocks(
      { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
      "kubeflower",
      "dev",
    );
    const values = Object.entries({ ...projectDefaults(), rounds: "7" });
    pulumi.runtime.setAllConfig({
      ...Object.fromEntries(values.map(([key, value]) => [`kubeflower:${key}`, value])),
      "kubernetes:context": "other",
    });
    expect(loadSettings().run.rounds).toBe(7);
  });

  it("reads every key that Pulumi.yaml documents, and no other", () => {
    // A key nobody asks for is refused, so the defaults alone show the first half.
    expect(() => read({})).not.toThrow();
    for (const key of Object.keys(projectDefaults())) {
      const message = refusal({ [`${key}x`]: "1" });
      expect(message).toContain(`${key}x is no setting`);
    }
  });

  it("finds Pulumi.dev.yaml good, and no value in it a default", () => {
    const file = parse(readFileSync("Pulumi.dev.yaml", "utf8")) as {
      config: Record<string, unknown>;
    };
    const values = Object.fromEntries(
      Object.entries(file.config).map(([key, value]) => [
        key.replace("kubeflower:", ""),
        String(value),
      ]),
    );
    expect(() => read(values)).not.toThrow();
    const defaults = projectDefaults();
    expect(Object.keys(values).filter((key) => values[key] === defaults[key])).toEqual([]);
  });

  it("takes any values or refuses them with what is wrong, and never ends otherwise", () => {
    const value = fc.oneof(
      fc.string(),
      fc.json(),
      fc.integer().map(String),
      fc.double().map(String),
      fc.constantFrom("", "true", "minikube", "remote", "tests/app/tiny", "0x10", "1e3", "∞", "-0"),
    );
    const key = fc.oneof(fc.constantFrom(...Object.keys(projectDefaults())), fc.string());
    const defaults = projectDefaults();
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 6 }), (values) => {
        try {
          const { run } = readSettings({ ...defaults, ...values }, "dev");
          expect(run.quorum).toBeLessThanOrEqual(run.clients);
        } catch (error) {
          expect(pulumi.RunError.isInstance(error), String(error)).toBe(true);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
