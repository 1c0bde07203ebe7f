import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { containerdProgram, nodesFault } from "../../docker/localNodes.ts";
import { FakeDocker } from "../support/fakeDocker.ts";

const BOOT = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
const REMOTE = "pulumi config set cluster remote, with a registry";
const NODE = { name: "one", runtime: "containerd://2.1.4", kernel: "6.1", bootId: BOOT };
const ENGINE = { ServerVersion: "27.3.1", KernelVersion: "6.1" };
let fake: FakeDocker;
let bin: string;

beforeEach(async () => {
  fake = await FakeDocker.start();
  bin = mkdtempSync(join(tmpdir(), "bin-"));
});

afterEach(() => {
  fake.stop();
  rmSync(bin, { recursive: true });
});

/** Puts programs on the PATH, and asks. */
function faultOf(
  kind: Parameters<typeof nodesFault>[0],
  nodes: Parameters<typeof nodesFault>[1],
  ...programs: string[]
): Promise<string | undefined> {
  for (const program of programs) {
    writeFileSync(join(bin, program), "");
    chmodSync(join(bin, program), 0o755);
  }
  return nodesFault(kind, nodes, { DOCKER_HOST: fake.host, PATH: `/nowhere:${bin}` });
}

it.each([
  ["kind", "io.x-k8s.kind.cluster", "https://kind.sigs.k8s.io"],
  ["k3d", "k3d.cluster", "https://k3d.io"],
] as const)("asks for %s, which loads the image", async (kind, label, page) => {
  fake.containers = { one: { labels: { [label]: "lab" } } };
  expect(await faultOf(kind, [NODE])).toBe(
    `\`${kind}\` is not on PATH — cluster ${kind} has its image loaded by it — install it: ${page}; or ${REMOTE}`,
  );
  expect(await faultOf(kind, [NODE], kind)).toBeUndefined();
});

it("tells a node that this Docker does not have", async () => {
  expect(await faultOf("kind", [NODE], "kind")).toMatch(/^node one is no container of the Docker/);
});

it("needs nothing where nodes run on the very Docker that builds", async () => {
  fake.info = ENGINE;
  const shared = { ...NODE, runtime: "docker://27.3.1" };
  expect(await faultOf("docker-desktop", [shared])).toBeUndefined();
  for (const [changes, was] of [
    [{ runtime: "docker://26.1.5" }, "docker://26.1.5 (kernel 6.1)"],
    [{ kernel: "5.15" }, "docker://27.3.1 (kernel 5.15)"],
  ] as const) {
    expect(await faultOf("docker-desktop", [{ ...shared, ...changes }])).toBe(
      `node one runs on ${was}, and the Docker at ${fake.host} is docker://27.3.1 (kernel 6.1) — cluster docker-desktop shares the images of the Docker that builds — name that Docker: export DOCKER_HOST=<address>; or ${REMOTE}`,
    );
  }
});

it("tells that Docker Desktop's nodes are neither its own containers nor kind's", async () => {
  expect(await faultOf("docker-desktop", [NODE])).toMatch(
    /^node one runs on containerd:\/\/2\.1\.4, and not on the Docker at/,
  );
  fake.containers = { one: { labels: { "io.x-k8s.kind.cluster": "desktop" } } };
  expect(await faultOf("docker-desktop", [NODE], "kind")).toBeUndefined();
});

it("takes containerd on the one node that is this machine, and no Docker is asked", async () => {
  fake.stop();
  expect(await faultOf("containerd", [NODE], "ctr")).toBeUndefined();
  const machine = "cluster containerd has one node, which is this machine";
  const remedy = `set the kind that it has, or ${REMOTE}`;
  for (const [nodes, names] of [
    [[{ ...NODE, bootId: "elsewhere" }], "one"],
    [[NODE, { ...NODE, name: "two" }], "one, two"],
    [[], "none"],
  ] as const) {
    expect(await faultOf("containerd", nodes)).toBe(
      `the cluster's nodes are ${names} — ${machine} — ${remedy}`,
    );
  }
  expect(await faultOf("containerd", [{ ...NODE, runtime: "cri-o://1.34" }])).toBe(
    `node one runs on cri-o://1.34 — cluster containerd runs on containerd — ${remedy}`,
  );
  fake = await FakeDocker.start();
});

it("asks for containerd's ctr, and takes k3s' own for k3s", async () => {
  expect(await faultOf("containerd", [NODE])).toBe(
    `\`ctr\` is not on PATH — cluster containerd has its image loaded by it — install containerd's ctr; or ${REMOTE}`,
  );
  const k3s = { ...NODE, runtime: "containerd://2.1.4-k3s1" };
  expect(await faultOf("containerd", [k3s], "k3s")).toBeUndefined();
  const env = { PATH: bin };
  expect(await containerdProgram([k3s], env)).toEqual(["k3s", "ctr"]);
  expect(await containerdProgram([NODE], env)).toEqual(["ctr"]);
  expect(await containerdProgram([k3s], { PATH: "" })).toEqual(["ctr"]);
});

it("tells a Docker that does not answer", async () => {
  const env = { DOCKER_HOST: "unix:///nowhere", PATH: bin };
  expect(await nodesFault("kind", [NODE], env)).toMatch(/^failed to connect to any docker daemon/);
});

it("asks no Docker behind ssh, and still for the program", async () => {
  const env = { DOCKER_HOST: "ssh://lab", PATH: bin };
  expect(await nodesFault("kind", [{ ...NODE, name: "lab-control-plane" }], env)).toMatch(
    /^`kind` is not on PATH/,
  );
  const shared = { ...NODE, runtime: "docker://27.3.1" };
  expect(await nodesFault("docker-desktop", [shared], env)).toBeUndefined();
});
