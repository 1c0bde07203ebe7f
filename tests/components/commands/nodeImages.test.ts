import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { FakeDocker, type FakeContainer } from "../../support/fakeDocker.ts";

const PROGRAM = ["cli/start.mjs", "components/commands/nodeImages.ts"];
const IMAGE = "kubeflower:0123";
const ID = `sha256:${"a".repeat(64)}`;
const OTHER = `sha256:${"b".repeat(64)}`;
const BOOT = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
let folder: string;
let docker: FakeDocker;
let api: Server;
/** Nodes of the cluster: names and runtimes. */
let nodes: Readonly<Record<string, string>>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "node-images-"));
  docker = await FakeDocker.start();
  docker.images = { [IMAGE]: ID };
  api = createServer((_, response) => {
    const items = Object.entries(nodes).map(([name, containerRuntimeVersion]) => ({
      metadata: { name },
      status: { nodeInfo: { containerRuntimeVersion, kernelVersion: "6.1", bootID: BOOT } },
    }));
    response.end(JSON.stringify({ items }));
  });
  await new Promise<void>((listens) => api.listen(0, "127.0.0.1", listens));
  const server = `http://127.0.0.1:${String((api.address() as AddressInfo).port)}`;
  const config = {
    clusters: [{ name: "lab", cluster: { server, "insecure-skip-tls-verify": true } }],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "me" } }],
    users: [{ name: "me", user: {} }],
  };
  writeFileSync(join(folder, "kubeconfig"), JSON.stringify(config));
});

afterEach(() => {
  docker.stop();
  api.close();
  rmSync(folder, { recursive: true });
});

/** Makes shell lines a program, which keeps its arguments and input in files. */
function install(name: string, lines: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho "$@" >> ${folder}/calls\n${lines}\n`);
  chmodSync(file, 0o755);
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program beside this process, which plays Docker and the API server. */
function load(cluster: string, host = docker.host): Promise<Ended> {
  const env = {
    PATH: `${folder}:${dirname(process.execPath)}:/bin:/usr/bin`,
    HOME: folder,
    DOCKER_HOST: host,
    KUBECONFIG: join(folder, "kubeconfig"),
    KUBEFLOWER_LOAD: JSON.stringify({ image: IMAGE, cluster, context: "lab" }),
  };
  return new Promise((done) => {
    execFile("node", PROGRAM, { env }, (error, out, err) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

const calls = (): string => readFileSync(join(folder, "calls"), "utf8");

/** A node that has the image under this id, or has none. */
function node(labels: Record<string, string>, id: string | undefined): FakeContainer {
  return {
    labels,
    program: (command) => {
      expect(command).toEqual(["crictl", "inspecti", "-o", "json", IMAGE]);
      return id === undefined
        ? { code: 1, text: `level=fatal msg="no such image \\"${IMAGE}\\" present"` }
        : { code: 0, text: JSON.stringify({ status: { id, repoTags: [IMAGE] } }) };
    },
  };
}

const KIND = { "io.x-k8s.kind.cluster": "lab" };
const K3D = { "k3d.cluster": "lab" };

it.each([
  ["kind", KIND, `load docker-image ${IMAGE} --name lab\n`],
  ["k3d", K3D, `image import ${IMAGE} --cluster lab --mode direct\n`],
] as const)("has %s load the image into all nodes, and asks each", async (kind, labels, call) => {
  nodes = { one: "containerd://2.1.4", two: "containerd://2.1.4" };
  docker.containers = { one: node(labels, ID), two: node(labels, ID) };
  install(kind, "echo loading");
  const { code, out, err } = await load(kind);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toBe(`loading\n${IMAGE}\n`);
  expect(calls()).toBe(call);
});

it("fails when a program says that it has loaded the image, and a node has none", async () => {
  nodes = { one: "containerd://2.1.4", two: "containerd://2.1.4" };
  docker.containers = { one: node(K3D, ID), two: node(K3D, undefined) };
  install("k3d", "echo 'Successfully imported 1 image(s) into 1 cluster(s)'");
  expect(await load("k3d")).toEqual({
    code: 1,
    out: "Successfully imported 1 image(s) into 1 cluster(s)\n",
    err: `node two has no image ${IMAGE} after it was loaded — pods may start on each node — see the lines above, then: pulumi up\n`,
  });
});

it("fails when a node keeps another image of that name", async () => {
  nodes = { one: "containerd://2.1.4", two: "containerd://2.1.4" };
  docker.containers = { one: node(KIND, ID), two: node(KIND, OTHER) };
  install("kind", "exit 0");
  expect((await load("kind")).err).toBe(
    `there are different images of ${IMAGE} (Docker aaaaaaaaaaaa, one aaaaaaaaaaaa, two bbbbbbbbbbbb) — all must have the same — remove it on each node: docker exec <node> crictl rmi ${IMAGE}; then: pulumi up\n`,
  );
});

it("does not compare with a Docker that keeps images in containerd's store, with ids of its own", async () => {
  nodes = { one: "containerd://2.1.4" };
  docker.containers = { one: node(KIND, OTHER) };
  docker.info = { DriverStatus: [["driver-type", "io.containerd.snapshotter.v1"]] };
  install("kind", "exit 0");
  expect(await load("kind")).toMatchObject({ code: 0, err: "" });
});

it("passes on what a failing program said last, and what keeps a node from telling", async () => {
  nodes = { one: "containerd://2.1.4" };
  docker.containers = { one: { labels: KIND, program: () => ({ code: 127, text: "no crictl" }) } };
  const said = '\\033[31mERROR\\033[0m: image: "kubeflower:0123" not present locally\\n';
  install("kind", `printf '${said}' >&2; exit 1`);
  expect((await load("kind")).err).toBe(
    "`kind load docker-image kubeflower:0123 --name lab` ended with 1: ERROR: image: " +
      '"kubeflower:0123" not present locally\n',
  );
  install("kind", "exit 0");
  expect((await load("kind")).err).toBe("node one does not tell its images: no crictl\n");
});

it("has nothing to do where nodes have Docker's own images", async () => {
  nodes = { "docker-desktop": "docker://29.1.0" };
  docker.info = { ServerVersion: "29.1.0", KernelVersion: "6.1" };
  expect(await load("docker-desktop")).toEqual({ code: 0, out: `${IMAGE}\n`, err: "" });
  docker.images = {};
  expect((await load("docker-desktop")).code).toBe(1);
});

it("loads where Docker is behind ssh, and says that the nodes were not asked", async () => {
  nodes = { "lab-control-plane": "containerd://2.1.4" };
  install("kind", "exit 0");
  expect(await load("kind", "ssh://lab")).toEqual({
    code: 0,
    out: `the nodes are not asked for the image: Docker is behind ssh or a pipe of Windows\n${IMAGE}\n`,
    err: "",
  });
  expect(calls()).toBe(`load docker-image ${IMAGE} --name lab\n`);
});

it("tells what is lacking before it loads", async () => {
  nodes = { one: "containerd://2.1.4" };
  docker.containers = { one: node(KIND, ID) };
  expect((await load("kind")).err).toMatch(/^`kind` is not on PATH — cluster kind has its image/);
});

/** A ctr whose containerd has pods or none, and lists the image or none. */
function ctr(pods: string, list: string): string {
  return `case "$3 $4" in
    "containers ls") printf '${pods}';;
    "images import") cat > ${folder}/archive;;
    "images ls") printf '${list}';;
    *) exit 9;; esac`;
}

it("imports into this machine's containerd, and reads the image from its list", async () => {
  nodes = { one: "containerd://2.1.4" };
  const name = `docker.io/library/${IMAGE}`;
  install("ctr", ctr("0123\\n", `REF TYPE DIGEST\\n${name} type ${ID} 700 MiB\\n`));
  expect(await load("containerd")).toEqual({ code: 0, out: `${IMAGE}\n`, err: "" });
  expect(readFileSync(join(folder, "archive"), "utf8")).toBe(`archive of ${IMAGE}`);
  expect(calls()).toBe(
    "--namespace k8s.io containers ls --quiet\n--namespace k8s.io images import -\n" +
      `--namespace k8s.io images ls name==${name}\n`,
  );
  install("ctr", ctr("0123\\n", "REF TYPE DIGEST\\n"));
  expect((await load("containerd")).err).toMatch(/^node one has no image kubeflower:0123 after/);
});

it("refuses a containerd that is not the kubelet's, such as Docker's own", async () => {
  nodes = { one: "containerd://2.1.4" };
  install("ctr", ctr("", ""));
  expect((await load("containerd")).err).toBe(
    "the containerd that `ctr` asks runs no pods — it must be the kubelet's — name that one: export CONTAINERD_ADDRESS=<socket>\n",
  );
});
