import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test } from "vitest";

import { Engine } from "../../local/engine.ts";
import { tool } from "../../local/tools.ts";

const run = promisify(execFile);
const MINUTE = 60_000;
const project = resolve(import.meta.dirname, "../..");
let folder: string;
let checkout: string;
let env: NodeJS.ProcessEnv;

/** A checkout, a cluster and stacks of their own, so that the developer's stay as they are. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "federation-"));
  checkout = join(folder, "checkout");
  const files = (await run("git", ["ls-files"], { cwd: project })).stdout.trim().split("\n");
  for (const file of files) {
    await mkdir(dirname(join(checkout, file)), { recursive: true });
    await cp(join(project, file), join(checkout, file), { preserveTimestamps: true });
  }
  await symlink(join(project, "node_modules"), join(checkout, "node_modules"));
  env = {
    ...process.env,
    PATH: [await tool("pulumi"), await tool("kube"), process.env.PATH].join(delimiter),
    XDG_STATE_HOME: folder,
    KUBECONFIG: join(folder, "kubeconfig"),
    KUBEFLOWER_CLUSTER: "test",
    KUBEFLOWER_CLUSTER_INDEX: "2",
    // The stand-ins' home and the stacks' store, as `npm run env` sets them, for the plain commands below.
    PULUMI_HOME: join(folder, "kubeflower/pulumi"),
    PULUMI_BACKEND_URL: `file://${join(folder, "kubeflower/stacks")}`,
    PULUMI_CONFIG_PASSPHRASE: "",
    DOCKER_HOST: new Engine().host,
  };
  await mkdir(join(folder, "kubeflower/stacks"), { recursive: true });
  delete env.CI;
  delete env.PULUMI_CONFIG_PASSPHRASE_FILE;
}, 45 * MINUTE);

afterAll(async () => {
  await local("down").catch(() => undefined);
  await rm(folder, { recursive: true });
}, 5 * MINUTE);

async function local(...args: string[]): Promise<string> {
  const command = [join(checkout, "local/run.mjs"), ...args];
  const { stdout, stderr } = await run(process.execPath, command, { cwd: checkout, env });
  return stdout + stderr;
}

async function pulumi(...args: string[]): Promise<string> {
  const all = [...args, "--stack", "local", "--non-interactive"];
  return (await run("pulumi", all, { cwd: checkout, env, timeout: 10 * MINUTE })).stdout.trim();
}

async function kubectl(...args: string[]): Promise<string> {
  const all = ["-n", "kubeflower", ...args];
  return (await run("kubectl", all, { env, timeout: 2 * MINUTE })).stdout.trim();
}

interface Run {
  readonly id: string;
  readonly state: string;
  readonly rounds: number;
  readonly accuracy: number;
  readonly modelSha256: string;
}

async function outputs(): Promise<Run> {
  return (JSON.parse(await pulumi("stack", "output", "--json")) as { run: Run }).run;
}

function uids(app: string): Promise<string> {
  return kubectl("get", "pods", "-l", `app=${app}`, "-o", "jsonpath={.items[*].metadata.uid}");
}

test(
  "`npm run up` runs a federation of five rounds to its end",
  { timeout: 60 * MINUTE },
  async () => {
    const said = await local("up");
    for (const round of [1, 2, 3, 4, 5]) expect(said).toContain(`round ${round}/5`);
    const result = await outputs();
    expect(result).toMatchObject({ state: "completed", rounds: 5 });
    expect(result.accuracy).toBeGreaterThanOrEqual(0.85);
    expect(result.modelSha256).toMatch(/^[0-9a-f]{64}$/);
    const ready = "jsonpath={.items[*].status.readyReplicas}";
    expect(await kubectl("get", "deploy,sts", "-o", ready)).toBe("1 2");
    expect(await kubectl("get", "svc", "-o", "jsonpath={.items[*].spec.ports[*].port}")).toBe(
      "30051",
    );
  },
);

test("a second `npm run up` changes nothing", { timeout: 5 * MINUTE }, async () => {
  const before = await outputs();
  await local("up");
  expect(await outputs()).toEqual(before);
  expect(await pulumi("preview", "--expect-no-changes")).toMatch(/\d+ unchanged/);
});

test(
  "other rounds are another run, and no client pod restarts",
  { timeout: 10 * MINUTE },
  async () => {
    const [before, clients] = [await outputs(), await uids("flower-client")];
    await pulumi("config", "set", "rounds", "2");
    await pulumi("up", "--yes", "--skip-preview");
    const after = await outputs();
    expect(after).toMatchObject({ state: "completed", rounds: 2 });
    expect(after.id).not.toBe(before.id);
    expect(await uids("flower-client")).toBe(clients);
  },
);

test(
  "a new server pod serves the completed run's result and trains nothing",
  { timeout: 5 * MINUTE },
  async () => {
    const before = await outputs();
    const files = ["exec", "deploy/flower-server", "--", "sh", "-c"];
    const list = `cd /var/lib/kubeflower/runs/${before.id} && sha256sum result.json metrics.jsonl model.safetensors`;
    const written = await kubectl(...files, list);
    expect(written).toContain(before.modelSha256);
    const pod = await uids("flower-server");
    await kubectl("delete", "pod", "-l", "app=flower-server", "--wait");
    await kubectl("rollout", "status", "deploy/flower-server", "--timeout=60s");
    expect(await uids("flower-server")).not.toBe(pod);
    expect(await kubectl(...files, list)).toBe(written);
    await pulumi("up", "--yes", "--skip-preview");
    expect(await outputs()).toEqual(before);
  },
);

test("`npm run down` removes the stack and the cluster", { timeout: 5 * MINUTE }, async () => {
  expect(await local("down")).toContain("stack local and cluster kubeflower-test are gone");
  expect(await run("pulumi", ["stack", "ls", "--json"], { cwd: checkout, env })).toMatchObject({
    stdout: "[]\n",
  });
});
