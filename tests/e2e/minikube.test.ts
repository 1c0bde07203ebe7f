import { chmod, mkdir, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

import Docker from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";

import { DockerEngine } from "../../local/machine/dockerEngine.ts";
import { Checkout, type Ended } from "../../dev/checkout.ts";

const MINUTE = 60_000;
const YES = ["--yes", "--skip-preview", "--non-interactive"];
const FEDERATION = [
  "command:local:Command",
  "command:local:Command",
  "command:local:Command",
  "command:local:Command",
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:core/v1:ConfigMap",
  "kubernetes:core/v1:ConfigMap",
  "kubernetes:core/v1:Namespace",
  "kubernetes:core/v1:PersistentVolumeClaim",
  "kubernetes:core/v1:Secret",
  "kubernetes:core/v1:Service",
  "kubernetes:core/v1:ServiceAccount",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  "kubernetes:policy/v1:PodDisruptionBudget",
  "kubernetes:policy/v1:PodDisruptionBudget",
];
/** A minikube that does what it says, and whose `start` finds it running. */
const HONEST =
  '[ "$*" = start ] && exit 0\nexec node --import tsx tests/e2e/support/minikube.ts "$@"';
const PASSWORD = "a-password-of-a-proxy";
let checkout: Checkout;

beforeAll(async () => {
  checkout = await Checkout.make("mini", 5);
  await mkdir(join(checkout.folder, "bin"));
  checkout.env.PATH = [join(checkout.folder, "bin"), checkout.env.PATH].join(delimiter);
  // This builds the tools and installs Pulumi's plugins.
  await checkout.local("env");
  await new DockerEngine().up();
  await checkout.type(["pulumi stack select dev --create"]);
  // The smallest app trains at once; other tests train the default app.
  await checkout.pulumi("config", "set", "app", "tests/app/tiny");
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Makes these shell lines the command `minikube`. */
async function minikube(lines: string): Promise<void> {
  const file = join(checkout.folder, "bin/minikube");
  await writeFile(file, `#!/bin/sh\n${lines}\n`);
  await chmod(file, 0o755);
}

/** Does what `minikube delete` and `minikube start` do. */
async function start(): Promise<void> {
  await checkout.local("cluster", "down");
  await checkout.local("cluster", "up");
  // The engine ends with the last cluster of this machine.
  await new DockerEngine().up();
  const entries = ["--cluster=kubeflower-mini", "--user=kubeflower-mini"];
  for (const args of [
    ["set-context", "minikube", ...entries],
    ["use-context", "minikube"],
  ]) {
    expect(await checkout.ended("kubectl", ["config", ...args], 1)).toMatchObject({ code: 0 });
  }
  // As minikube labels its nodes; the stack knows them by it.
  await checkout.kubectl("label", "nodes", "--all", "minikube.k8s.io/name=minikube");
}

/** Runs `pulumi up`, which may fail. */
function up(...options: string[]): Promise<Ended> {
  return checkout.ended("pulumi", ["up", ...YES, ...options], 10);
}

/** Runs a `kubeflower` verb in the folder of the stack; it must succeed. */
async function kubeflower(...args: string[]): Promise<void> {
  const { code, said } = await checkout.ended(process.execPath, ["cli/kubeflower.mjs", ...args], 5);
  expect(code, said).toBe(0);
}

/** Lists the types of resources that a preview would create for a stack that has none. */
async function planned(): Promise<string[]> {
  const { steps } = JSON.parse(await checkout.pulumi("preview", "--json")) as {
    steps: { op: string; urn: string }[];
  };
  expect(new Set(steps.map(({ op }) => op))).toEqual(new Set(["create"]));
  return steps
    .map(({ urn }) => urn.split("::")[2]?.split("$").at(-1) ?? "")
    .filter((type) => !/^(pulumi|kubeflower):/.test(type))
    .sort();
}

/** Lists the images of the stack that minikube has. */
async function images(): Promise<string[]> {
  const { said } = await checkout.ended("minikube", ["-p", "minikube", "image", "ls"], 1);
  return said.split("\n").filter((name) => name.includes("/kubeflower:"));
}

test("a preview lists everything without a minikube", async () => {
  await minikube("exit 1");
  expect(await planned()).toEqual(
    [
      "command:local:Command",
      "command:local:Command",
      "docker:index/image:Image",
      ...FEDERATION,
    ].sort(),
  );
});

test("`up` fails when minikube only says that it has loaded the image", async () => {
  await start();
  await minikube(`[ "$4" = load ] && exit 0\n${HONEST}`);
  const { code, said } = await up();
  expect(code).not.toBe(0);
  expect(said).toMatch(
    /minikube has no image kubeflower:[0-9a-f]{16} after `minikube image load`, which said it was done/,
  );
  expect(await checkout.kubectl("get", "deploy,sts", "-o", "name")).toBe("");
});

test("the next `up` with a minikube that works runs the federation to its end", async () => {
  await minikube(HONEST);
  const said = await checkout.type(["minikube start", "pulumi up"]);
  for (const round of [1, 2, 3, 4, 5]) expect(said).toContain(`round ${round}/5`);
  expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 5 });
  const image = await checkout.pulumi("stack", "output", "image");
  expect(await images()).toEqual([`docker.io/library/${image}`]);
  expect(await checkout.pulumi("preview", "--expect-no-changes")).toMatch(/\d+ unchanged/);
  await kubeflower("results", "--out", "fetched");
});

test("a minikube made anew gets the image, which Docker has lost as well, and the run again", async () => {
  const { id, modelSha256 } = await checkout.result();
  const image = await checkout.pulumi("stack", "output", "image");
  await start();
  await new Docker({ socketPath: new DockerEngine().socket }).getImage(image).remove();
  expect(await images()).toEqual([]);
  const stale = await up();
  expect(stale.code, stale.said).not.toBe(0);
  expect(stale.said).toContain("pulumi up --refresh");
  await checkout.pulumi("config", "set", "rounds", "1");
  await kubeflower("repeat", "fetched", "--set");
  const { code, said } = await up("--refresh");
  expect(code, said).toBe(0);
  for (const round of [1, 5]) expect(said).toContain(`round ${round}/5`);
  expect(await checkout.result()).toMatchObject({ state: "completed", id, modelSha256 });
});

test("minikube builds the image where there is no Docker, and a build's password stays unseen", async () => {
  await checkout.pulumi("stack", "init", "inside");
  const config = { builder: "minikube", app: "tests/app/tiny", rounds: "1", namespace: "inside" };
  for (const [key, value] of Object.entries(config)) {
    await checkout.pulumi("config", "set", key, value);
  }
  const address = ["buildArgs.ALL_PROXY", `http://me:${PASSWORD}@unused.example:3128`];
  await checkout.pulumi("config", "set", "--secret", "--path", ...address);
  // Nothing asks this proxy: apt knows no such variable, and pip heeds the other one.
  await checkout.pulumi("config", "set", "--path", "buildArgs.NO_PROXY", "*");
  checkout.env.DOCKER_HOST = `unix://${checkout.folder}/no-docker.sock`;
  expect(await planned()).toEqual([
    "command:local:Command",
    "command:local:Command",
    ...FEDERATION,
  ]);
  const { code, said } = await up();
  expect(code, said).toBe(0);
  expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 1 });
  const image = await checkout.pulumi("stack", "output", "image");
  expect(await images()).toContain(`docker.io/library/${image}`);
  const state = await checkout.pulumi("stack", "export");
  const history: unknown = await new Docker({ socketPath: new DockerEngine().socket })
    .getImage(image)
    .history();
  for (const text of [said, state, JSON.stringify(history)]) expect(text).not.toContain(PASSWORD);
});
