import { expect, it } from "vitest";
import {
  claimsOf,
  dataVerdict,
  type ClaimsOf,
  type WantedData,
} from "../../components/dataRefusals.ts";
import type { DataSource, DataVolume } from "../../settings/dataVolume.ts";
import { EMPTY, heldState } from "../support/heldState.ts";

const SIZE = { kind: "size", size: "1Gi", storageClass: undefined } as const;
const HELD = heldState({
  templates: [{ name: "data", storageClass: undefined, storage: "1Gi" }],
});
const NONE: ClaimsOf = () => [];

function wanted(source: DataSource | undefined, parts: Partial<WantedData> = {}): WantedData {
  const volume = { name: "data", path: "/data", subPath: undefined, readOnly: false };
  const data: DataVolume[] = source === undefined ? [] : [{ ...volume, source }];
  return { namespace: "kubeflower", createNamespace: true, data, replicas: 3, ...parts };
}

const OWN = [
  "flower-server",
  "data-flower-client-0",
  "data-flower-client-1",
  "flower-data-0a1b2c3d",
];

it.each([
  ["a first update with claims to make", wanted(SIZE), EMPTY, NONE],
  ["the same size in other words", wanted({ ...SIZE, size: "1024Mi" }), HELD, () => OWN],
  ["no data at all", wanted(undefined), heldState(), NONE],
  ["claims that are there", wanted({ kind: "claim", claim: "images" }), EMPTY, () => ["images"]],
  ["claims that this user may not see", wanted({ kind: "claims" }), EMPTY, () => undefined],
  [
    "another namespace, when the old one has only claims of the stack's",
    wanted(undefined, { namespace: "other" }),
    heldState(),
    () => ["flower-server", "flower-server-33333333", "flower-data-0a1b2c3d"],
  ],
] as const)("an update may begin with %s", (_, want, state, claims) => {
  expect(dataVerdict(want, state, claims)).toEqual({ refused: undefined, left: [] });
});

it.each([
  [
    wanted(SIZE, { namespace: "other" }),
    'namespace is "other", and the update would delete namespace kubeflower with claim data-flower-client-0, data-flower-client-1 and their files — set it back: pulumi config set namespace kubeflower; or copy the files, and delete the claims: kubectl -n kubeflower delete pvc data-flower-client-0 data-flower-client-1',
  ],
  [
    wanted({ ...SIZE, size: "2Gi" }),
    "data at /data is 2Gi of the default class, and the clients' claims were made with 1Gi of the default class — claims stay as they are, with their files — set it back, or take another path, for which new claims are made",
  ],
  [
    wanted({ ...SIZE, storageClass: "fast" }),
    "data at /data is 1Gi of class fast, and the clients' claims were made with 1Gi of the default class — claims stay as they are, with their files — set it back, or take another path, for which new claims are made",
  ],
  [
    wanted({ kind: "claim", claim: "images" }),
    "claim images of data at /data is not in namespace kubeflower — a claim must be there first, in a namespace that is not the stack's — pulumi config set createNamespace false, and namespace to the one that has it; or let the stack make claims: a volume with size",
  ],
  [
    wanted({ kind: "claim", claim: "images" }, { createNamespace: false }),
    "claim images of data at /data is not in namespace kubeflower — pods mount claims of their own namespace alone, and there are: data-flower-client-0, data-flower-client-1 — name one of these, make it there, or let the stack make claims: a volume with size",
  ],
  [
    wanted({ kind: "claims" }, { replicas: 6 }),
    "client 2, 3, 4 and 1 more has no claim for data at /data — namespace kubeflower must have data-flower-client-2, data-flower-client-3, data-flower-client-4 and 1 more — make what is missing, or set replicas to the clients that have data",
  ],
])("an update is refused that would lose or lack data %#", (want, sentence) => {
  expect(dataVerdict(want, HELD, () => OWN).refused).toBe(sentence);
});

it("says which claims stay when clients mount them no more", () => {
  expect(dataVerdict(wanted(undefined), HELD, () => OWN).left).toEqual([
    "data has no volume data any more: claim data-flower-client-0, data-flower-client-1 of namespace kubeflower stays with its files, and no client mounts it — delete what nobody needs: kubectl -n kubeflower delete pvc data-flower-client-0 data-flower-client-1",
  ]);
});

it("asks for the claims of the old and the new namespace, and not where it may not", async () => {
  const answers: Record<string, unknown> = {
    "/api/v1/namespaces/other/persistentvolumeclaims": { items: [{ metadata: { name: "a" } }] },
  };
  const asked: string[] = [];
  const get = <T>(path: string): Promise<T | undefined> => {
    asked.push(path);
    return Promise.resolve(answers[path] as T | undefined);
  };
  const claims = await claimsOf({ get }, wanted(SIZE, { namespace: "other" }), heldState());
  expect([claims("other"), claims("kubeflower")]).toEqual([["a"], undefined]);
  expect(asked).toHaveLength(2);
  await claimsOf({ get }, wanted(undefined), heldState());
  expect(asked).toHaveLength(2);
});
