import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { Checkout } from "../../dev/checkout.ts";

const MINUTE = 60_000;
const PAUSE = "localhost/kubeflower-pause:1";
/** Kinds of objects that change in a cluster where nothing happens. */
const RESTLESS = /^(events|leases|componentstatuses)\b/;
let checkout: Checkout;
let before: string[];
let neighbours: string;
let folders: string[];

beforeAll(async () => {
  checkout = await Checkout.make("destroy", 3);
  await checkout.local("cluster", "up");
  for (const namespace of ["other", "shared"]) await settle(namespace);
  [before, neighbours, folders] = [await objects(), await versions(), await volumes()];
  await checkout.pulumi("stack", "init", "local");
  await checkout.set({ app: "tests/app/tiny", rounds: "1" });
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Makes somebody else's namespace, with a Secret, a PVC and a Deployment that mounts it. */
async function settle(namespace: string): Promise<void> {
  const metadata = { name: "theirs", namespace };
  const labels = { app: "theirs" };
  const items = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "Secret", metadata, stringData: { word: "kept" } },
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata,
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Mi" } } },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            containers: [
              {
                name: "pause",
                image: PAUSE,
                imagePullPolicy: "Never",
                volumeMounts: [{ name: "data", mountPath: "/data" }],
              },
            ],
            volumes: [{ name: "data", persistentVolumeClaim: { claimName: "theirs" } }],
          },
        },
      },
    },
  ];
  const apply = execFile("kubectl", ["apply", "-f", "-"], { env: checkout.env });
  apply.stdin?.end(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await once(apply, "exit");
  const rollout = ["rollout", "status", "deploy/theirs", "--timeout=5m"];
  await checkout.kubectl("--namespace", namespace, ...rollout);
}

/** Lists every object of the cluster, of every kind. */
async function objects(): Promise<string[]> {
  const kinds = (await checkout.kubectl("api-resources", "--verbs=list", "-o", "name")).split("\n");
  const each = "{.kind} {.metadata.namespace}/{.metadata.name} {.metadata.uid}";
  const all = await checkout.kubectl(
    ...["get", kinds.filter((kind) => !RESTLESS.test(kind)).join(), "--all-namespaces"],
    ...["-o", `jsonpath={range .items[*]}${each}{"\\n"}{end}`],
  );
  return all.split("\n").sort();
}

/** Lists somebody else's objects with their versions, which every write changes. */
function versions(): Promise<string> {
  const each = "{.kind} {.metadata.namespace} {.metadata.uid} {.metadata.resourceVersion}";
  return checkout.kubectl(
    ...["get", "secrets,pvc,deployments,pods", "--all-namespaces"],
    ...["--field-selector", "metadata.namespace!=kube-system"],
    ...["-o", `jsonpath={range .items[*]}${each}{"\\n"}{end}`],
  );
}

/** Lists the folders of the cluster's volumes. */
async function volumes(): Promise<string[]> {
  return (await readdir(join(checkout.clusterFolder, "node-0/volumes"))).sort();
}

/** Lists the kinds of objects that were not in the cluster at first. */
async function ours(): Promise<string[]> {
  const fresh = (await objects()).filter((object) => !before.includes(object));
  return [...new Set(fresh.map((object) => object.split(" ")[0] ?? ""))].sort();
}

/** Destroys the stack and expects that only the first objects are left. */
async function destroyed(): Promise<void> {
  await checkout.pulumi("destroy", "--yes", "--skip-preview");
  // The provisioner removes the volume after its claim, once its folder is gone.
  await expect.poll(objects, { timeout: 120_000, interval: 1000 }).toEqual(before);
  expect(await volumes()).toEqual(folders);
  expect(await versions()).toBe(neighbours);
  const { deployment } = JSON.parse(await checkout.pulumi("stack", "export")) as {
    deployment: { resources?: unknown[] };
  };
  expect(deployment.resources ?? []).toEqual([]);
}

test(
  "`pulumi destroy` leaves no object and no volume of ours, and what others have as it was",
  { timeout: 30 * MINUTE },
  async () => {
    await checkout.local("up");
    expect(neighbours.match(/^\w+ (other|shared)/gm)).toEqual(
      ["Secret", "PersistentVolumeClaim", "Deployment", "Pod"].flatMap((kind) => [
        `${kind} other`,
        `${kind} shared`,
      ]),
    );
    expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 1 });
    expect(await ours()).toEqual(
      expect.arrayContaining(["Deployment", "Namespace", "PersistentVolume", "StatefulSet"]),
    );
    expect(await volumes()).toHaveLength(folders.length + 1);
    await destroyed();
  },
);

test(
  "so it does in a namespace that was there, which stays",
  { timeout: 10 * MINUTE },
  async () => {
    await checkout.pulumi("config", "set", "namespace", "shared");
    await checkout.pulumi("config", "set", "createNamespace", "false");
    await checkout.pulumi("up", "--yes", "--skip-preview");
    expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 1 });
    expect(await ours()).toEqual(
      expect.arrayContaining(["Deployment", "PersistentVolume", "Service", "StatefulSet"]),
    );
    expect(await ours()).not.toContain("Namespace");
    await destroyed();
  },
);
