import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { DATA_FOLDER } from "../../contract/names.ts";
import type { Checkout, Ended } from "../../dev/checkout.ts";
import { sharedCheckout } from "./support/sharedCheckout.ts";

const MINUTE = 60_000;
const CASE = { timeout: 10 * MINUTE };
/** Namespace that is not the stack's, as one in which others have made claims. */
const NAMESPACE = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "data", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
};
/** A stack's config, with its namespace before each key. */
type Config = Readonly<Record<string, { readonly value: string }>>;

/** A step of a preview. */
interface Step {
  readonly newState?: { readonly type: string; readonly inputs?: object };
}

let checkout: Checkout;
/** Folder of the node, with `sites` and the folder of claim `shared`. */
let node: string;

beforeAll(async () => {
  checkout = await sharedCheckout("data");
  node = join(checkout.clusterFolder, "node-0", "data-test");
  await pictures("sites/1", { "0": 3, "1": 1 });
  await pictures("shared/site-2", { "7": 5 });
  for (const name of ["sites/0", "sites/2", "shared/site-0", "shared/site-1", "shared/site-3"]) {
    await folder(name);
  }
  await checkout.apply(NAMESPACE, ...shared());
  await checkout.set({
    createNamespace: "false",
    rounds: "1",
    runConfig: '{"dataset":"folder"}',
    nodeConfig: '{"dataset-path":"/data/{partition}"}',
    data: JSON.stringify([
      { path: "/data/0", size: "10Mi" },
      { path: "/data/1", hostPath: `${node}/sites/{partition}` },
      { path: "/data/2", claim: "shared", subPath: "site-{partition}" },
    ]),
  });
}, 45 * MINUTE);

afterAll(async () => {
  await checkout.kubectl("delete", "pv", "data-test-shared", "--wait=false");
  await checkout.remove();
  await rm(node, { recursive: true, force: true });
}, 5 * MINUTE);

function folder(name: string): Promise<string | undefined> {
  return mkdir(join(node, name), { recursive: true });
}

/** Makes class folders with so many pictures of 28 x 28 grey pixels. */
async function pictures(name: string, classes: Readonly<Record<string, number>>): Promise<void> {
  for (const [label, count] of Object.entries(classes)) {
    await folder(join(name, label));
    for (let k = 0; k < count; k += 1) {
      const picture = Buffer.concat([Buffer.from("P5 28 28 255\n"), Buffer.alloc(784, k)]);
      await writeFile(join(node, name, label, `${String(k)}.pgm`), picture);
    }
  }
}

/** Claim `shared` with its volume, as an administrator makes them. */
function shared(): object[] {
  const resources = { storage: "1Mi" };
  const spec = { accessModes: ["ReadWriteMany"], storageClassName: "" };
  return [
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "data-test-shared" },
      spec: {
        ...spec,
        capacity: resources,
        hostPath: { path: join(node, "shared") },
        claimRef: { namespace: "data", name: "shared" },
      },
    },
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "shared", namespace: "data" },
      spec: { ...spec, volumeName: "data-test-shared", resources: { requests: resources } },
    },
  ];
}

function up(): Promise<Ended> {
  return checkout.ended("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive"], 5);
}

test(
  "a fourth client without its folder fails by name, and none is made for it",
  CASE,
  async () => {
    await checkout.set({ clients: "4" });
    const { said } = await up();
    expect(said).toContain(
      "client 3 has no folder 3 in the volume for its /data/1 — each client of the setting data needs its own",
    );
    expect(await readdir(join(node, "sites"))).toEqual(["0", "1", "2"]);
  },
);

test(
  "three clients train on three volumes: a claim each, a folder of the node, a claim for all",
  CASE,
  async () => {
    const fill = `import numpy as np
np.savez("/data/0/own.npz", images=np.ones((4, 28, 28), np.uint8), labels=[1, 2, 2, 3])`;
    await checkout.kubectl("exec", "flower-client-0", "--", "python3", "-c", fill);
    await checkout.set({ clients: "3" });
    const { code, said } = await up();
    expect(code, said).toBe(0);
    const { id } = await checkout.result();
    const recorded = `${DATA_FOLDER}/runs/${id}/partitions.json`;
    const partitions = JSON.parse(
      await checkout.kubectl("exec", "deploy/flower-server", "--", "cat", recorded),
    ) as Record<string, { count: number; histogram: number[]; sha256: string }>;
    expect(Object.values(partitions).map(({ histogram }) => histogram)).toEqual([
      [0, 1, 2, 1, 0, 0, 0, 0, 0, 0],
      [3, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 5, 0, 0],
    ]);
    expect(new Set(Object.values(partitions).map(({ sha256 }) => sha256)).size).toBe(3);
  },
);

test(
  "a folder of an NFS server is a volume that Kubernetes takes, and claims that are left are told",
  CASE,
  async () => {
    const config = JSON.parse(await checkout.pulumi("config", "--json")) as Config;
    const data = config["kubeflower:data"]?.value ?? "";
    const nfs = { path: "/data/nas", nfs: { server: "nas.lab", path: "/export/{partition}" } };
    await checkout.set({ data: JSON.stringify([nfs]) });
    const preview = await checkout.pulumi("preview", "--json");
    // The API server must not be asked for other templates of claims: it would refuse them.
    const more = [...(JSON.parse(data) as object[]), { path: "/data/3", size: "10Mi" }];
    await checkout.set({ data: JSON.stringify(more) });
    await checkout.pulumi("preview");
    await checkout.set({ data });
    expect(preview).toContain(
      "data has no volume data-0 any more: claim data-0-flower-client-0, data-0-flower-client-1, data-0-flower-client-2 and 1 more of namespace data stays with its files",
    );
    const { steps } = JSON.parse(preview) as { steps: readonly Step[] };
    const made = steps.flatMap(({ newState }) => {
      const { type = "", inputs = {} } = newState ?? {};
      return /:PersistentVolume(Claim)?$/.test(type) &&
        JSON.stringify(inputs).includes("flower-data")
        ? [inputs]
        : [];
    });
    expect(made).toHaveLength(2);
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: made });
    const taken = await checkout.type([
      `kubectl apply --server-side --dry-run=server -f - <<'EOF'\n${list}\nEOF`,
    ]);
    expect(taken.match(/server dry run/g)).toHaveLength(2);
  },
);

test("a destroy says which claims it leaves, and deletes no file of data", CASE, async () => {
  const destroy = ["destroy", "--yes", "--skip-preview", "--non-interactive"];
  const { code, said } = await checkout.ended("pulumi", destroy, 5);
  expect(code, said).toBe(0);
  expect(said).toContain("these claims of clients stay in namespace data with their files");
  expect(said).toContain("data-0-flower-client-0 (10Mi)");
  const left = await checkout.kubectl("get", "pvc", "-o", "jsonpath={.items[*].metadata.name}");
  const own = [0, 1, 2, 3].map((k) => `data-0-flower-client-${String(k)}`);
  expect(left.split(" ").sort()).toEqual([...own, "shared"]);
  expect(await checkout.kubectl("get", "pv", "-o", "name")).not.toContain("flower-data");
  expect(await readdir(join(node, "sites", "1"))).toEqual(["0", "1"]);
});
