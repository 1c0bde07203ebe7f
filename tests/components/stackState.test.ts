import { expect, test } from "vitest";
import { parseState } from "../../components/stackState.ts";
import { CLAIM, EMPTY, heldState, NAMESPACE, UIDS } from "../support/heldState.ts";

const urn = (type: string, name: string): string => `urn:pulumi:dev::kubeflower::${type}::${name}`;

/** Resources as Pulumi gives them. */
function resources(stdout: string) {
  const command = "command:local:Command";
  const claim = "kubernetes:core/v1:PersistentVolumeClaim";
  const namespace = "kubernetes:core/v1:Namespace";
  return {
    [urn("pulumi:providers:kubernetes", "cluster")]: {
      type: "pulumi:providers:kubernetes",
      outputs: { context: "lab" },
    },
    [urn(`kubeflower:index:Owner$${command}`, "owner-id")]: {
      type: command,
      outputs: { stdout: UIDS.owner },
    },
    [urn(namespace, "federation-namespace")]: {
      type: namespace,
      outputs: { metadata: { name: "kubeflower", uid: UIDS.namespace } },
    },
    [urn(claim, "federation-server-volume")]: {
      type: claim,
      outputs: {
        metadata: { name: "flower-server", namespace: "kubeflower", uid: UIDS.claim },
        spec: { storageClassName: "standard", resources: { requests: { storage: "1Gi" } } },
        __inputs: { spec: { resources: { requests: { storage: "1Gi" } } } },
      },
    },
    [urn("kubernetes:core/v1:ConfigMap", "keys")]: {
      type: "kubernetes:core/v1:ConfigMap",
      outputs: { metadata: { name: "keys", uid: "5" } },
    },
    [urn(command, "run")]: {
      type: command,
      outputs: { stdout, triggers: ["0123456789ab", "kubeflower", "its-cluster", UIDS.claim] },
    },
  };
}

const completed = 'round 1/1\n{"id":"0123456789ab","state":"completed"}\n';

test("an empty state holds nothing", () => {
  expect(parseState({})).toEqual(EMPTY);
});

const URNS = {
  namespace: urn("kubernetes:core/v1:Namespace", "federation-namespace"),
  claim: urn("kubernetes:core/v1:PersistentVolumeClaim", "federation-server-volume"),
};
const HELD_NAMESPACE = { ...NAMESPACE, urn: URNS.namespace };
const HELD_CLAIM = { ...CLAIM, urn: URNS.claim };

test("a state holds its context, its objects, its claim, its owner and its run", () => {
  const { kind, name, namespace, uid } = CLAIM;
  expect(parseState(resources(completed))).toEqual(
    heldState({
      objects: [HELD_NAMESPACE, { kind, name, namespace, uid, urn: URNS.claim }],
      namespace: HELD_NAMESPACE,
      claim: HELD_CLAIM,
      runs: [],
      serverRun: undefined,
    }),
  );
});

test("the server's run is known though its update was stopped before it had outputs", () => {
  const type = "kubernetes:apps/v1:Deployment";
  const env = [
    { name: "HOME", value: "/" },
    { name: "KUBEFLOWER_RUN", value: "0123456789ab" },
  ];
  const outputs = { spec: { template: { spec: { containers: [{}, { env }] } } } };
  const state = parseState({ [urn(type, "federation-server")]: { type, outputs } });
  expect([state.serverRun, state.run, state.runs]).toEqual(["0123456789ab", undefined, []]);
});

test("a claim keeps the class that it asked for beside the one that it has", () => {
  const held = resources(completed);
  const asked = { spec: { storageClassName: "fast" } };
  const name = urn("kubernetes:core/v1:PersistentVolumeClaim", "federation-server-volume");
  const outputs = { ...held[name]?.outputs, ...asked, __inputs: asked };
  const { claim } = parseState({ ...held, [name]: { type: held[name]?.type ?? "", outputs } });
  expect(claim).toEqual({ ...HELD_CLAIM, storageClass: "fast", askedClass: "fast", storage: "0" });
});

test("the clients' claims and their templates are not taken for the server's volume", () => {
  const claim = "kubernetes:core/v1:PersistentVolumeClaim";
  const metadata = { name: "flower-data-1", namespace: "kubeflower", uid: "6" };
  const spec = (storage: string, storageClassName?: string) => ({
    storageClassName,
    resources: { requests: { storage } },
  });
  const set = "kubernetes:apps/v1:StatefulSet";
  const volumeClaimTemplates = [
    { metadata: { name: "data" }, spec: spec("1Gi") },
    { metadata: { name: "fast" }, spec: spec("2Gi", "fast") },
    { metadata: { name: "theirs" }, spec: { ...spec("1Mi", ""), volumeName: "none" } },
  ];
  const state = parseState({
    [urn(`kubeflower:index:Data$${claim}`, "federation-data-claim-1")]: {
      type: claim,
      outputs: { metadata, spec: spec("1Mi", "") },
    },
    [urn(set, "federation-clients")]: { type: set, outputs: { spec: { volumeClaimTemplates } } },
    ...resources(completed),
  });
  expect(state.claim).toEqual(HELD_CLAIM);
  expect(state.templates).toEqual([
    { name: "data", storageClass: undefined, storage: "1Gi" },
    { name: "fast", storageClass: "fast", storage: "2Gi" },
  ]);
  expect(state.templateNames).toEqual(["data", "fast", "theirs"]);
});

test("a StatefulSet without templates is told from none", () => {
  const set = "kubernetes:apps/v1:StatefulSet";
  const bare = { [urn(set, "federation-clients")]: { type: set, outputs: { spec: {} } } };
  expect(parseState(bare).templateNames).toEqual([]);
  expect(parseState({}).templateNames).toBeUndefined();
});

test("a run without a result was not followed to its end, and counts how often it was", () => {
  const command = "command:local:Command";
  const triggers = ["0123456789ab", "kubeflower", "", "", 3];
  const run = {
    [urn(command, "run")]: { type: command, outputs: { stdout: "waiting", triggers } },
  };
  expect(parseState(run).run).toEqual({ id: "0123456789ab", state: "", attempt: 3 });
});

test.each([
  [
    "the list in the outputs",
    { runs: [{ id: "a", state: "failed" }], run: { id: "b", state: "x" } },
  ],
  ["the run of an older version", { runs: [], run: { id: "a", state: "failed" } }],
])("the runs are %s", (_, outputs) => {
  const type = "pulumi:pulumi:Stack";
  expect(parseState({ [urn(type, "kubeflower-dev")]: { type, outputs } }).runs).toEqual([
    { id: "a", state: "failed" },
  ]);
});
