import type { HeldClaim, HeldObject, StackState } from "../../components/stackState.ts";

export const UIDS = {
  namespace: "22222222-0000-4000-8000-000000000000",
  claim: "33333333-0000-4000-8000-000000000000",
  owner: "44444444-0000-4000-8000-000000000000",
} as const;

export const NAMESPACE: HeldObject = {
  kind: "Namespace",
  name: "kubeflower",
  namespace: "",
  uid: UIDS.namespace,
};

export const CLAIM: HeldClaim = {
  kind: "PersistentVolumeClaim",
  name: "flower-server",
  namespace: "kubeflower",
  uid: UIDS.claim,
  storageClass: "standard",
  askedClass: undefined,
  storage: "1Gi",
};

/** State of a stack whose run is completed; `parts` differ. */
export function heldState(parts: Partial<StackState> = {}): StackState {
  return {
    context: "lab",
    cluster: "its-cluster",
    owner: UIDS.owner,
    objects: [NAMESPACE, CLAIM],
    namespace: NAMESPACE,
    claim: CLAIM,
    templates: [],
    templateNames: undefined,
    run: { id: "0123456789ab", state: "completed", attempt: 0 },
    runs: [{ id: "0123456789ab", state: "completed" }],
    serverRun: "0123456789ab",
    ...parts,
  };
}

/** State of a stack that has made nothing yet. */
export const EMPTY: StackState = {
  context: undefined,
  cluster: undefined,
  owner: undefined,
  objects: [],
  namespace: undefined,
  claim: undefined,
  templates: [],
  templateNames: undefined,
  run: undefined,
  runs: [],
  serverRun: undefined,
};
