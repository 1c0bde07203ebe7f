import { expect, it } from "vitest";
import { classWarnings, exclusiveClaim } from "../../components/dataClasses.ts";
import type { WantedData } from "../../components/dataRefusals.ts";
import type { DataSource } from "../../settings/dataVolume.ts";
import { EMPTY, heldState } from "../support/heldState.ts";

const size = (storageClass?: string): DataSource => ({ kind: "size", size: "1Gi", storageClass });

function wanted(source: DataSource, replicas = 3): WantedData {
  const volume = { subPath: undefined, readOnly: false };
  const data = [
    {
      ...volume,
      name: "other",
      path: "/other",
      source: { kind: "hostPath", path: "/srv" } as const,
    },
    { ...volume, name: "data", path: "/data", source },
  ];
  return { namespace: "lab", createNamespace: false, data, replicas };
}

/** A cluster that answers this to everything, and notes what it was asked. */
function cluster(answer: unknown, asked: string[] = []) {
  return {
    get: <T>(path: string): Promise<T | undefined> => {
      asked.push(path);
      return Promise.resolve(answer as T | undefined);
    },
  };
}

function classes(...names: string[]): object {
  const annotation = "storageclass.kubernetes.io/is-default-class";
  return {
    items: names.map((name) => ({
      metadata: { name, annotations: { [annotation]: String(name === "standard") } },
    })),
  };
}

it.each([
  [
    size(),
    classes("slow", "fast"),
    "names no StorageClass, and the cluster has no default: clients wait until their claims have volumes — there are: slow, fast — pulumi config set --path 'data[1].storageClass' slow",
  ],
  [
    size("nvme"),
    classes("standard"),
    "names StorageClass nvme, which the cluster does not have: clients wait until their claims have volumes — there are: standard — pulumi config set --path 'data[1].storageClass' standard",
  ],
  [
    size(),
    classes(),
    "names no StorageClass, and the cluster has no default: clients wait until their claims have volumes — the cluster has none: install a provisioner, or make a volume for each claim",
  ],
])("warns of a class that is not there: %j", async (source, answer, sentence) => {
  const warnings = await classWarnings(cluster(answer), wanted(source), EMPTY);
  expect(warnings).toEqual([`data at /data ${sentence}`]);
});

it.each([
  ["a default", size(), classes("standard")],
  ["that class", size("fast"), classes("standard", "fast")],
  ["classes that this user may not see", size("fast"), undefined],
])("says nothing where the cluster has %s", async (_, source, answer) => {
  expect(await classWarnings(cluster(answer), wanted(source), EMPTY)).toEqual([]);
});

it("does not ask for the class of claims that are there, nor without such volumes", async () => {
  const asked: string[] = [];
  const held = heldState({
    templates: [{ name: "data", storageClass: undefined, storage: "1Gi" }],
  });
  expect(await classWarnings(cluster(classes(), asked), wanted(size()), held)).toEqual([]);
  const claim = wanted({ kind: "claim", claim: "images" });
  expect(await classWarnings(cluster(classes(), asked), claim, EMPTY)).toEqual([]);
  expect(asked).toEqual([]);
});

it("refuses a claim that one pod alone may mount, for several clients", async () => {
  const asked: string[] = [];
  const api = cluster({ spec: { accessModes: ["ReadWriteOncePod"] } }, asked);
  const claim = { kind: "claim", claim: "images" } as const;
  expect(await exclusiveClaim(api, wanted(claim))).toBe(
    "claim images of data at /data is ReadWriteOncePod, and 3 clients would mount it — one that all mount is ReadOnlyMany, ReadWriteMany or, on one node, ReadWriteOnce — make such a claim, or one for each client: pulumi config set --path 'data[1].claim' <name>-flower-client-{partition}",
  );
  expect(asked).toEqual(["/api/v1/namespaces/lab/persistentvolumeclaims/images"]);
  expect(await exclusiveClaim(api, wanted(claim, 1))).toBeUndefined();
  const shared = cluster({ spec: { accessModes: ["ReadWriteOnce", "ReadWriteMany"] } });
  expect(await exclusiveClaim(shared, wanted(claim))).toBeUndefined();
  expect(await exclusiveClaim(cluster(undefined), wanted(claim))).toBeUndefined();
});
