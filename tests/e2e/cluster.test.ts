import { execFile } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";

import { Cgroup } from "../../local/machine/cgroup.ts";
import { tool } from "../../local/tools/tools.ts";

const run = promisify(execFile);
const MINUTE = 60_000;
const project = resolve(import.meta.dirname, "../..");
let folder: string;
let env: NodeJS.ProcessEnv;
let kubectl: string;
const settingsBefore = kernelSettings();

/** Uses another name, address plan, state folder and kubeconfig than the developer's own cluster. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cluster-"));
  env = {
    ...process.env,
    XDG_STATE_HOME: folder,
    KUBECONFIG: join(folder, "kubeconfig"),
    KUBEFLOWER_CLUSTER: "cluster",
    KUBEFLOWER_CLUSTER_INDEX: "21",
  };
  kubectl = join(await tool("kube"), "kubectl");
}, 45 * MINUTE);

afterAll(async () => {
  await type("npm run cluster:down");
  await rm(folder, { recursive: true });
}, 5 * MINUTE);

/** Types a line of the README; returns its exit code and what it printed without npm's own lines. */
async function type(line: string): Promise<{ code: number; out: string }> {
  const own = /^(> |npm )/;
  const printed = (text: string): string =>
    text
      .split("\n")
      .filter((l) => l && !own.test(l))
      .map((l) => `${l}\n`)
      .join("");
  try {
    const { stdout, stderr } = await run("bash", ["-c", line], { env, cwd: project });
    return { code: 0, out: printed(stdout + stderr) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: printed(stdout + stderr) };
  }
}

async function kube(...args: string[]): Promise<string> {
  return (await run(kubectl, args, { env, timeout: 6 * MINUTE })).stdout.trim();
}

/** Reads the settings of the whole machine that a kubelet would write if nothing kept it from that. */
function kernelSettings(): string[] {
  return ["vm", "kernel"].flatMap((area) =>
    ["overcommit_memory", "panic_on_oom", "panic", "panic_on_oops"]
      .map((name) => join("/proc/sys", area, name))
      .filter((path) => existsSync(path))
      .map((path) => `${path}=${readFileSync(path, "utf8").trim()}`),
  );
}

/** Reads the name of a process; empty when it has just ended. */
function name(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8");
  } catch {
    return "";
  }
}

function pids(): Promise<number[]> {
  return new Cgroup("kubeflower/cluster").pids();
}

const PAUSE = "localhost/kubeflower-pause:1";

async function apply(objects: object): Promise<void> {
  const child = execFile(kubectl, ["apply", "-f", "-"], { env });
  child.stdin?.end(JSON.stringify(objects));
  const code = await new Promise((done) => child.on("exit", done));
  expect(code).toBe(0);
}

/** Returns a function that tells whether a bash line succeeds within 2 s in a pod's network; the pod's image has no shell. */
async function fromPod(name: string, line: string): Promise<() => Promise<boolean>> {
  const address = await kube("get", "pod", name, "-o", "jsonpath={.status.podIP}");
  for (const pid of await pids()) {
    const inside = ["--target", String(pid), "--net"];
    const { stdout } = await run("nsenter", [...inside, "hostname", "-I"]).catch(() => ({
      stdout: "",
    }));
    if (stdout.trim() !== address) continue;
    const command = [...inside, "timeout", "2", "bash", "-c", line];
    return () =>
      run("nsenter", command).then(
        () => true,
        () => false,
      );
  }
  throw new Error(`no process has the address ${address}`);
}

/** Describes a pod of the pause image that mounts the claim `data`. */
function holder(): object {
  const claim = { persistentVolumeClaim: { claimName: "data" } };
  const container = {
    name: "pause",
    image: PAUSE,
    volumeMounts: [{ name: "data", mountPath: "/data" }],
  };
  return {
    apiVersion: "v1",
    kind: "List",
    items: [
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Mi" } } },
      },
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "holder" },
        spec: {
          containers: [{ ...container, imagePullPolicy: "Never" }],
          volumes: [{ name: "data", ...claim }],
        },
      },
    ],
  };
}

test("before `up` the status says down and exits 1", async () => {
  expect(await type("npm run cluster:status")).toEqual({
    code: 1,
    out: "kubeflower-cluster: down\n",
  });
});

test("`up` from nothing gives a ready node and DNS", { timeout: 45 * MINUTE }, async () => {
  const { code, out } = await type("npm run cluster:up");
  expect(out).toContain("kubeflower-cluster is ready");
  expect(code).toBe(0);
  expect(await type("npm run cluster:status")).toEqual({
    code: 0,
    out: "kubeflower-cluster: up\nkubeflower-0: ready\n",
  });
  expect(await kube("config", "current-context")).toBe("kubeflower-cluster");
  expect(
    await kube("get", "nodes", "-o", "jsonpath={.items[*].status.nodeInfo.kubeletVersion}"),
  ).toBe("v1.34.4");
});

test("the machine's own kernel settings stay as they were", () => {
  expect(kernelSettings()).toEqual(settingsBefore);
});

test("`up` again starts nothing", { timeout: 5 * MINUTE }, async () => {
  const units = (all: number[]): string[] =>
    all.filter((pid) => name(pid) === "kube\n").map(String);
  const before = units(await pids()).sort();
  expect(before.length).toBeGreaterThan(5);
  expect((await type("npm run cluster:up")).code).toBe(0);
  expect(units(await pids()).sort()).toEqual(before);
});

test(
  "a claim without a class gets a volume, and a pod runs on it",
  { timeout: 5 * MINUTE },
  async () => {
    await apply(holder());
    await kube("wait", "--for=condition=Ready", "pod/holder", "--timeout=5m");
    expect(await kube("get", "pvc", "data", "-o", "jsonpath={.status.phase}")).toBe("Bound");
  },
);

test(
  "a NetworkPolicy is enforced, and no longer once it is gone",
  { timeout: 5 * MINUTE },
  async () => {
    const dns = ["-n", "kube-system", "get", "pods", "-l", "k8s-app=kube-dns"];
    const address = await kube(...dns, "-o", "jsonpath={.items[0].status.podIP}");
    const reaches = await fromPod("holder", `exec 3<>/dev/tcp/${address}/8181`);
    await expect.poll(reaches, { timeout: 120_000 }).toBe(true);
    const spec = { podSelector: {}, policyTypes: ["Egress"] };
    const policy = { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", spec };
    await apply({ ...policy, metadata: { name: "nothing-out" } });
    await expect.poll(reaches, { timeout: 120_000 }).toBe(false);
    await kube("delete", "networkpolicy", "nothing-out");
    await expect.poll(reaches, { timeout: 120_000 }).toBe(true);
  },
);

test(
  "after SIGKILL of every process `up` brings cluster and pods back",
  { timeout: 5 * MINUTE },
  async () => {
    const uid = await kube("get", "pod", "holder", "-o", "jsonpath={.metadata.uid}");
    for (let all = await pids(); all.length > 0; all = await pids()) {
      for (const pid of all) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // the process ended with its parent
        }
      }
    }
    const broken = await type("npm run cluster:status");
    expect(broken.code).toBe(1);
    expect(broken.out).toMatch(/^kubeflower-cluster: broken: /);
    expect((await type("npm run cluster:up")).code).toBe(0);
    await kube("wait", "--for=condition=Ready", "pod/holder", "--timeout=5m");
    expect(await kube("get", "pod", "holder", "-o", "jsonpath={.metadata.uid}")).toBe(uid);
  },
);

test("deleting the claim removes its directory", { timeout: 5 * MINUTE }, async () => {
  const volumes = join(folder, "kubeflower/cluster/node-0/volumes");
  expect(readdirSync(volumes)).toHaveLength(1);
  await kube("delete", "pod", "holder", "--grace-period=1");
  const volume = await kube("get", "pvc", "data", "-o", "jsonpath={.spec.volumeName}");
  await kube("delete", "pvc", "data");
  await kube("wait", "--for=delete", `pv/${volume}`, "--timeout=5m");
  expect(readdirSync(volumes)).toEqual([]);
});

test(
  "`down` leaves no process, mount, link, control group, file or context",
  { timeout: 5 * MINUTE },
  async () => {
    expect((await type("npm run cluster:down")).code).toBe(0);
    expect(await pids()).toEqual([]);
    const groups = readdirSync("/sys/fs/cgroup").filter((name) =>
      existsSync(join("/sys/fs/cgroup", name, "kubeflower/cluster")),
    );
    expect(groups).toEqual([]);
    expect(readFileSync("/proc/self/mounts", "utf8")).not.toContain(folder);
    expect(readdirSync("/sys/class/net").filter((n) => /^(kf21n|kubeflower21$)/.test(n))).toEqual(
      [],
    );
    expect(existsSync(join(folder, "kubeflower/cluster"))).toBe(false);
    const config = parse(await readFile(join(folder, "kubeconfig"), "utf8")) as object;
    expect(config).toMatchObject({ contexts: [], clusters: [], users: [], "current-context": "" });
  },
);

test("`down` of a cluster that is down is no error", { timeout: 5 * MINUTE }, async () => {
  expect((await type("npm run cluster:down")).code).toBe(0);
});
