import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { neverReplaced, replacementSentence } from "../../components/replacement.ts";
import type { HeldObject } from "../../components/stackState.ts";
import type { KubernetesApi } from "../../kube/clusterFacts.ts";
import { CLAIM, heldState, NAMESPACE } from "../support/heldState.ts";
import { recordResources } from "../support/mocks.ts";

const SERVICE: HeldObject = {
  kind: "Service",
  name: "service-server",
  namespace: "kubeflower",
  uid: "7",
};
const STATE = heldState({ objects: [NAMESPACE, CLAIM, SERVICE] });
const TYPES: Readonly<Record<string, string>> = {
  Namespace: "kubernetes:core/v1:Namespace",
  PersistentVolumeClaim: "kubernetes:core/v1:PersistentVolumeClaim",
  Service: "kubernetes:core/v1:Service",
};

/** A cluster that answers every question by an object of this UID, or by none. */
function cluster(uid: string | undefined): KubernetesApi {
  return {
    get: <T>() => Promise.resolve((uid === undefined ? null : { metadata: { uid } }) as T | null),
  };
}

function made(object: HeldObject, uid: string | undefined): Promise<string | undefined> {
  const { kind, name, namespace } = object;
  const making = {
    urn: "the-urn",
    type: TYPES[kind] ?? "",
    newInputs: { metadata: { name, namespace } },
  };
  return replacementSentence(making, STATE, cluster(uid));
}

test.each([
  [NAMESPACE, "Namespace kubeflower", ", with the results of 0123456789ab (completed)"],
  [CLAIM, "PersistentVolumeClaim flower-server", ", with the results of 0123456789ab (completed)"],
  [SERVICE, "Service service-server", ""],
])("$kind that is there is not made again under its name", async (object, named, loss) => {
  recordResources(false);
  expect(await made(object, object.uid)).toBe(
    `${named} is there, and to replace it would delete it${loss}: a new one has the same name — an update changes it where it is — leave out --replace and --target-replace; after \`pulumi state taint\`: pulumi state untaint 'the-urn'`,
  );
});

test.each([
  ["gone", CLAIM, undefined],
  ["another's by now", CLAIM, "8"],
  ["of another name, as after `discard`", { ...CLAIM, name: "flower-server-33333333" }, CLAIM.uid],
] as const)("an object is made when the stack's own is %s", async (_, object, uid) => {
  recordResources(false);
  expect(await made(object, uid)).toBeUndefined();
});

test("a preview refuses what holds results, and not what an update may delete first", async () => {
  recordResources(true);
  expect(await made(CLAIM, CLAIM.uid)).toContain("to replace it would delete it");
  expect(await made(SERVICE, SERVICE.uid)).toBeUndefined();
});

test("only objects whose names are fixed are watched", () => {
  recordResources(false);
  const transform = neverReplaced(STATE, cluster(undefined));
  const watched = (type: string): boolean => {
    const resource = undefined as unknown as pulumi.Resource;
    const result = transform({ type, name: "object", props: {}, opts: {}, resource });
    return result?.opts.hooks !== undefined;
  };
  expect(watched("kubernetes:core/v1:PersistentVolumeClaim")).toBe(true);
  expect(watched("kubernetes:core/v1:Secret")).toBe(false);
});
