import { appendFile, chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { Checkout } from "../../dev/checkout.ts";
import { nodeRoot } from "../../local/machine/debian.ts";
import { ContainerNode, supervisor } from "./support/containerNode.ts";
import { sharedCheckout } from "./support/sharedCheckout.ts";

const MINUTE = 60_000;
/** Does what kind v0.33 does for `kind load docker-image`, and takes no other arguments. */
const KIND = (node: string): string => `[ "$1 $2 $4 $5" = "load docker-image --name lab" ] || exit 9
docker save "$3" | docker exec --privileged -i ${node} ctr --namespace=k8s.io images import --all-platforms --digests --snapshotter=overlayfs - >&2`;
/** Folder of the server's volume on the node: root's, and closed to others, as on minikube's second node. */
const FOLDER = "/var/lib/closed-volume";
const CLASS = "closed-volume";
/** Image that is quickly loaded. */
const PLAIN = "kubeflower:plain";
const VOLUME = [
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: CLASS },
    provisioner: "kubernetes.io/no-provisioner",
  },
  {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: CLASS },
    spec: {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      storageClassName: CLASS,
      hostPath: { path: FOLDER, type: "DirectoryOrCreate" },
    },
  },
];
let checkout: Checkout;
let node: ContainerNode | undefined;
let name: string;

beforeAll(async () => {
  checkout = await sharedCheckout("nodes");
  await mkdir(join(checkout.folder, "bin"));
  checkout.env.PATH = [join(checkout.folder, "bin"), checkout.env.PATH].join(delimiter);
  // kind runs Docker's command line.
  await symlink(join(await nodeRoot(), "root/usr/bin/docker"), join(checkout.folder, "bin/docker"));
  name = await checkout.kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
  await checkout.ended("kubectl", ["config", "rename-context", checkout.context, "kind-lab"], 1);
  for (const key of ["cluster", "registry"]) await checkout.pulumi("config", "rm", key);
  const small = { app: "tests/app/tiny", rounds: "1", clients: "1" };
  // An image of its own: to take one off the node takes it from any other test with the same content.
  await appendFile(join(checkout.sources, "tests/app/tiny/tiny/__init__.py"), "# of this test\n");
  await checkout.set({ context: "kind-lab", storageClass: CLASS, ...small });
  await checkout.apply(...VOLUME);
  await checkout.type([`docker tag debian:trixie-slim ${PLAIN}`]);
}, 45 * MINUTE);

afterAll(async () => {
  await node?.remove();
  await checkout.type([`docker rmi ${PLAIN}`]);
  await checkout.kubectl("delete", "--wait=false", ...VOLUME.map(kindAndName));
  await checkout.remove();
}, 5 * MINUTE);

function kindAndName({ kind, metadata }: (typeof VOLUME)[number]): string {
  return `${kind}/${metadata.name}`;
}

async function program(file: string, lines: string): Promise<void> {
  await writeFile(join(checkout.folder, "bin", file), `#!/bin/sh\n${lines}\n`);
  await chmod(join(checkout.folder, "bin", file), 0o755);
}

/** Runs the program that loads an image, as `up` does, for a small image. */
function load(cluster: string) {
  const order = JSON.stringify({ image: PLAIN, cluster, context: "kind-lab" });
  const lines = ["cli/start.mjs", "components/commands/nodeImages.ts"];
  return checkout.ended("env", [`KUBEFLOWER_LOAD=${order}`, "node", ...lines], 3);
}

/** Puts the node's ctr on the PATH. */
function ctr(enter: readonly string[]): Promise<void> {
  return program("ctr", `exec nsenter ${enter.join(" ")} ctr "$@"`);
}

function up(...options: string[]) {
  const all = ["up", "--yes", "--skip-preview", "--non-interactive", ...options];
  return checkout.ended("pulumi", all, 10);
}

test("a context of kind's name is kind's cluster; what it lacks is told before anything is built", async () => {
  const absent = await up();
  expect(absent.code).toBe(1);
  expect(absent.said).toMatch(
    /the image cannot be loaded: node \S+ is no container of the Docker at unix:\S+ — cluster kind runs in the Docker/,
  );
  expect(absent.said).not.toContain("docker:index:Image");
  const group = checkout.nodeName;
  node = await ContainerNode.start({ group, name }, { "io.x-k8s.kind.cluster": "lab" });
  expect((await load("kind")).said).toContain(
    "`kind` is not on PATH — cluster kind has its image loaded by it",
  );
});

test("a kind that only says that it has loaded the image is not believed", async () => {
  await program("kind", "echo done");
  const { code, said } = await load("kind");
  expect(said).toMatch(/^done\nnode \S+ has no image kubeflower:plain after it was loaded/);
  expect(code).toBe(1);
});

test("an honest kind loads the image, whose server says that it may not write its volume", async () => {
  await program("kind", KIND(name));
  const { code, said } = await up();
  expect(code, said).not.toBe(0);
  expect(said).toMatch(
    /run [0-9a-f]{12} was interrupted after 0 of 1 rounds: before round 1: the volume cannot be written: \/var\/lib\/kubeflower is of user 0 and group 0, with mode 0755, and the server is user 65532 — give it to the server: chown 65532 that folder on its node; or take a class/,
  );
});

test("a volume that was given to the server is taken by the next `up`", async () => {
  const enter = ["--target", String(await supervisor(checkout.nodeName)), "--mount", "--"];
  const given = await checkout.ended("nsenter", [...enter, "chown", "65532", FOLDER], 1);
  expect(given).toMatchObject({ code: 0 });
  // The node has lost the image as well: this is what a pod's fault then says to type.
  const image = await checkout.pulumi("stack", "output", "image");
  await ctr(enter);
  await checkout.type([`ctr -n k8s.io images rm docker.io/library/${image}`]);
  const { code, said } = await up("--replace", "**Command::kubeflower-*");
  expect(code, said).toBe(0);
  expect(await checkout.type(["ctr -n k8s.io images ls -q"])).toContain(`/library/${image}`);
  expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 1 });
  const doctor = await checkout.ended("node", ["cli/kubeflower.mjs", "doctor"], 2);
  expect(doctor.said).toContain("the image gets from Docker here to 1 node of cluster kind");
});

test("a plain containerd of this machine gets the image by its own ctr", async () => {
  const { code, said } = await load("containerd");
  expect(said.trimEnd().split("\n").at(-1)).toBe(PLAIN);
  expect(code, said).toBe(0);
  const remove = `ctr -n k8s.io images rm docker.io/library/${PLAIN}`;
  expect(await checkout.type([remove])).toContain(`/library/${PLAIN}`);
});
