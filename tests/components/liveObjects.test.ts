import { expect, test } from "vitest";
import { liveObjects } from "../../components/liveObjects.ts";
import { CLAIM, EMPTY, heldState, NAMESPACE } from "../support/heldState.ts";

/** An API server that has these objects by path, and tells nothing of the secret ones. */
function api(objects: Readonly<Record<string, unknown>>, hidden: readonly string[] = []) {
  const asked: string[] = [];
  const get = <T>(path: string): Promise<T | null | undefined> => {
    asked.push(path);
    return Promise.resolve(
      hidden.includes(path) ? undefined : ((objects[path] ?? null) as T | null),
    );
  };
  return { asked, get };
}

const namespace = "/api/v1/namespaces/kubeflower";
const claim = `${namespace}/persistentvolumeclaims/flower-server`;

test("the objects whose names never change are asked for, each once, and those of the state", async () => {
  const other = { ...CLAIM, name: "flower-server-33333333" };
  const state = heldState({ objects: [NAMESPACE, other], claim: other });
  const { asked, get } = api({});
  await liveObjects({ get }, "kubeflower", state);
  expect(asked.sort()).toEqual(
    [
      namespace,
      claim,
      `${claim}-33333333`,
      `${namespace}/services/service-server`,
      "/apis/apps/v1/namespaces/kubeflower/deployments/flower-server",
      "/apis/apps/v1/namespaces/kubeflower/statefulsets/flower-client",
      "/apis/storage.k8s.io/v1/storageclasses/standard",
    ].sort(),
  );
});

test("an object has its UID and its owner; one that is not there is null, one not to be seen undefined", async () => {
  const annotations = { "kubeflower/owner": "4", "kubeflower/stack": "kubeflower/dev" };
  const { get } = api({ [namespace]: { metadata: { uid: "2", annotations } } }, [claim]);
  const live = await liveObjects({ get }, "kubeflower", EMPTY);
  expect(live.find(NAMESPACE)).toEqual({
    ...NAMESPACE,
    uid: "2",
    owner: "4",
    stack: "kubeflower/dev",
  });
  expect(live.find(CLAIM)).toBeUndefined();
  const service = { kind: "Service", name: "service-server", namespace: "kubeflower" } as const;
  expect(live.find(service)).toBeNull();
});

test("an object without annotations belongs to nobody's stack", async () => {
  const { get } = api({ [claim]: { metadata: { uid: "3" }, status: { phase: "Bound" } } });
  const live = await liveObjects({ get }, "kubeflower", EMPTY);
  const { kind, name, namespace: inside } = CLAIM;
  expect(live.find({ kind, name, namespace: inside })).toEqual({
    kind: "PersistentVolumeClaim",
    name: "flower-server",
    namespace: "kubeflower",
    uid: "3",
    owner: undefined,
    stack: undefined,
    phase: "Bound",
  });
});

test("an object whose deletion was asked for is leaving, as long as it is there", async () => {
  const metadata = { uid: "3", deletionTimestamp: "2026-11-27T12:00:00Z" };
  const live = await liveObjects({ get: api({ [claim]: { metadata } }).get }, "kubeflower", EMPTY);
  expect(live.find(CLAIM)?.isLeaving).toBe(true);
});

test.each([
  ["can grow", { allowVolumeExpansion: true }, true],
  ["cannot grow", {}, false],
  ["is not there", null, undefined],
])("a class of volumes that %s", async (_, object, growing) => {
  const { get } = api({ "/apis/storage.k8s.io/v1/storageclasses/standard": object });
  expect((await liveObjects({ get }, "kubeflower", heldState())).growing).toBe(growing);
});
