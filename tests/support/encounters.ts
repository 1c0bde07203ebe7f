import type { LiveObject, LiveObjects } from "../../components/liveObjects.ts";
import type { Encounter, Wanted } from "../../components/refusals.ts";
import { CLAIM, heldState, NAMESPACE, UIDS } from "./heldState.ts";

/** Settings of the stack. */
export const WANTED: Wanted = {
  context: "lab",
  namespace: "kubeflower",
  createNamespace: true,
  storage: "1Gi",
  storageClass: undefined,
  discard: undefined,
};
/** Annotations of the stack's own objects, as they are read. */
export const MARK = { owner: UIDS.owner, stack: "kubeflower/dev" };
/** The objects that the stack has made, as the cluster has them. */
export const OURS: readonly LiveObject[] = [
  { ...NAMESPACE, ...MARK },
  { ...CLAIM, ...MARK },
];

/** A cluster that has these objects; undefined: one that cannot be asked. */
export function cluster(objects?: readonly LiveObject[], growing?: boolean): LiveObjects {
  return {
    find: ({ kind, name, namespace }) =>
      objects === undefined
        ? undefined
        : (objects.find(
            (one) => one.kind === kind && one.name === name && one.namespace === namespace,
          ) ?? null),
    growing,
  };
}

/** Makes the encounter of an update of the stack; `parts` and `wanted` differ. */
export function encounter(parts: Partial<Encounter>, wanted: Partial<Wanted> = {}): Encounter {
  return {
    wanted: { ...WANTED, ...wanted },
    state: heldState(),
    live: cluster(OURS),
    ...parts,
  };
}
