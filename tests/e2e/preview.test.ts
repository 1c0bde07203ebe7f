import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";

import { Checkout } from "../../dev/checkout.ts";

/** The part of a workflow that is used here. */
interface Workflow {
  readonly jobs: Readonly<Record<"check" | "preview", Job>>;
}
interface Job {
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly { run?: string; uses?: string; with?: Record<string, unknown> }[];
}

const RESOURCES = [
  "pulumi:pulumi:Stack kubeflower-preview",
  "pulumi:providers:kubernetes cluster",
  "kubeflower:index:AppImage kubeflower",
  "kubeflower:index:Owner owner",
  "command:local:Command owner-id",
  "kubeflower:index:Federation federation",
  "kubernetes:core/v1:Namespace federation-namespace",
  "kubeflower:index:Network federation-network",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy federation-network-deny",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy federation-network-server",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy federation-network-clients",
  "kubeflower:index:Identity federation-identity",
  "kubernetes:core/v1:ServiceAccount federation-identity-account",
  "kubernetes:core/v1:ConfigMap federation-identity-keys",
  "command:local:Command federation-identity-authority",
  "command:local:Command federation-identity-certificate",
  "kubernetes:core/v1:Secret federation-identity-certificate",
  "kubernetes:core/v1:ConfigMap federation-identity-authority",
  "kubeflower:index:Server federation-server",
  "kubernetes:core/v1:Service federation-server-service",
  "kubernetes:core/v1:PersistentVolumeClaim federation-server-volume",
  "kubernetes:apps/v1:Deployment federation-server",
  "kubernetes:policy/v1:PodDisruptionBudget federation-server",
  "kubeflower:index:Clients federation-clients",
  "kubernetes:apps/v1:StatefulSet federation-clients",
  "kubernetes:policy/v1:PodDisruptionBudget federation-clients",
  "kubeflower:index:FederatedRun run",
  "command:local:Command run",
  "command:local:Command run-kept",
];

const { jobs } = parse(readFileSync(".github/workflows/preview.yml", "utf8")) as Workflow;
let checkout: Checkout;

beforeAll(async () => {
  // It has the language host and the providers, which pulumi/actions and its CLI download.
  checkout = await Checkout.withoutCluster();
});

afterAll(() => checkout.remove());

/** Returns the shell commands that a step of the workflow stands for. */
function commands({ run, uses, with: inputs = {} }: Job["steps"][number]): string[] {
  if (run !== undefined) return [run];
  if (/^actions\/(checkout|setup-node)@/.test(uses ?? "")) return [];
  if (!uses?.startsWith("pulumi/actions@")) throw new Error(`no stand-in for the action ${uses}`);
  const { command, "stack-name": stack, upsert, "cloud-url": url, "config-map": config } = inputs;
  const { policyPacks } = inputs;
  const settings = Object.entries(parse(String(config)) as Record<string, { value: string }>);
  return [
    `pulumi login ${String(url).replace("${{ runner.temp }}", checkout.folder)}`,
    `pulumi stack select ${upsert === true ? "--create " : ""}${String(stack)}`,
    ...settings.map(([key, { value }]) => `pulumi config set ${key} ${value}`),
    `pulumi ${String(command)} --non-interactive --policy-pack ${String(policyPacks)}`,
  ];
}

test("the workflow checks and tests by the commands of .ci/run", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    scripts: Record<string, string>;
  };
  const ran = `${readFileSync(".ci/run", "utf8")}\n${scripts["test:all"] ?? ""}`.split(/\n| && /);
  const wanted = jobs.check.steps.flatMap(commands);
  expect(wanted).toEqual(["node local/install.mjs", "npm run check", "npm run test:unit"]);
  expect(ran).toEqual(expect.arrayContaining(["npm run test:all", ...wanted]));
});

test("the workflow's Pulumi is the version that is built here", () => {
  const pinned = /github.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/.exec(
    readFileSync("local/go/pulumi/go.mod", "utf8"),
  )?.[1];
  expect(jobs.preview.steps.at(-1)?.with?.["pulumi-version"]).toBe(pinned);
});

test("the workflow's preview lists all resources with no cluster, no Docker and no token", async () => {
  const kubeconfig = join(checkout.folder, "empty");
  await writeFile(kubeconfig, "");
  Object.assign(checkout.env, jobs.preview.env, {
    KUBECONFIG: kubeconfig,
    DOCKER_HOST: "unix:///nowhere/docker.sock",
    PULUMI_BACKEND_URL: undefined,
    PULUMI_ACCESS_TOKEN: undefined,
    GITHUB_TOKEN: undefined,
  });
  let seconds = 0;
  let said = "";
  for (const command of jobs.preview.steps.flatMap(commands)) {
    // Bash's `times` prints the seconds of CPU: what runs beside this does not count.
    const ended = await checkout.ended("bash", ["-ec", `${command}\ntimes`], 5);
    expect(ended, command).toMatchObject({ code: 0 });
    said = ended.said;
    const used = [...said.matchAll(/^(\d+)m([\d.]+)s (\d+)m([\d.]+)s$/gm)].at(-1) ?? [];
    const [userMinutes, user, systemMinutes, system] = used.slice(1).map(Number);
    seconds +=
      60 * ((userMinutes ?? NaN) + (systemMinutes ?? NaN)) + (user ?? NaN) + (system ?? NaN);
  }
  expect(seconds).toBeGreaterThan(1);
  expect(seconds).toBeLessThan(30);
  const listed = [...said.matchAll(/^ \+ +(\S+) (\S+) create/gm)].map(
    ([, type, name]) => `${type} ${name}`,
  );
  expect(new Set(listed)).toEqual(new Set(RESOURCES));
  expect(said).toContain(`+ ${RESOURCES.length} to create`);
  expect(said).toContain("✅ kubeflower@v0.1.0 (local: policy)");
});
