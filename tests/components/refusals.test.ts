import { describe, expect, it, test } from "vitest";
import type { LiveObject } from "../../components/liveObjects.ts";
import { declaredClaim, refusal } from "../../components/refusals.ts";
import { cluster, encounter, MARK, OURS, WANTED } from "../support/encounters.ts";
import { CLAIM, EMPTY, heldState, NAMESPACE, UIDS } from "../support/heldState.ts";

test.each([
  ["a stack whose objects are all there", encounter({})],
  ["a first update", encounter({ state: EMPTY, live: cluster([]) })],
  ["a preview without a cluster", encounter({ live: cluster() })],
  ["the same cluster under another name", encounter({}, { context: "lab-renamed" })],
  ["a namespace that the stack is to leave from now on", encounter({}, { createNamespace: false })],
  [
    "a namespace of somebody's that is to be used",
    encounter(
      { state: EMPTY, live: cluster([{ ...NAMESPACE, owner: undefined, stack: undefined }]) },
      { createNamespace: false },
    ),
  ],
  [
    "objects of this stack that a killed update made and did not remember",
    encounter({ state: { ...EMPTY, owner: UIDS.owner } }),
  ],
  ["the class that the claim has by default", encounter({}, { storageClass: "standard" })],
  [
    "a larger volume of a class that can grow",
    encounter({ live: cluster(OURS, true) }, { storage: "2Gi" }),
  ],
  [
    "another class for a claim that has never had a volume",
    encounter(
      { live: cluster(OURS.map((one) => ({ ...one, phase: "Pending" }))) },
      { storageClass: "fast" },
    ),
  ],
  ["a yes to the loss of this very volume", encounter({}, { namespace: "b", discard: "33333333" })],
])("%s is no reason to refuse", (_, met) => {
  expect(refusal(met)).toBeUndefined();
});

const lost = (change: string, back: string): string =>
  `${change} — that would delete the volume of claim flower-server with the results of 0123456789ab (completed) — set it back: ${back}; or fetch the results (kubectl --context lab -n kubeflower exec deploy/flower-server -- tar c -C /var/lib/kubeflower runs | tar x) and say yes for this volume: pulumi config set discard 33333333`;

describe("an update that would delete the volume is refused, in a preview too:", () => {
  it.each([
    [
      "another namespace",
      { namespace: "other" },
      lost(
        'namespace is "other", and the stack is in namespace kubeflower',
        "pulumi config set namespace kubeflower",
      ),
    ],
    [
      "another class",
      { storageClass: "fast" },
      lost(
        'storageClass is "fast", and the volume is of class standard, which cannot change',
        "pulumi config rm storageClass",
      ),
    ],
    [
      "a smaller volume",
      { storage: "500Mi" },
      lost("storage is 500Mi, and a volume of 1Gi cannot shrink", "pulumi config set storage 1Gi"),
    ],
    [
      "a larger volume of a class that cannot grow",
      { storage: "2Gi" },
      lost(
        "storage is 2Gi, and volumes of class standard cannot grow from 1Gi",
        "pulumi config set storage 1Gi",
      ),
    ],
    [
      "a yes to the loss of another volume",
      { namespace: "other", discard: "99999999" },
      lost(
        'namespace is "other", and the stack is in namespace kubeflower',
        "pulumi config set namespace kubeflower",
      ),
    ],
  ])("%s", (_, wanted, sentence) => {
    const met = encounter({ live: cluster(OURS, false) }, wanted);
    expect(refusal(met)).toEqual({ sentence, warns: false });
  });

  it("without a cluster to ask", () => {
    const met = encounter({ live: cluster() }, { namespace: "other" });
    expect(refusal(met)?.warns).toBe(false);
  });

  it("with the class that the stack asked for as the way back", () => {
    const claim = { ...CLAIM, storageClass: "fast", askedClass: "fast" };
    const met = encounter({ state: heldState({ claim }) }, { storageClass: "slow" });
    expect(refusal(met)?.sentence).toContain("set it back: pulumi config set storageClass fast;");
  });
});

const THEIRS = { owner: "55555555-0000-4000-8000-000000000000", stack: "kubeflower/other" };

test.each([
  [
    "a namespace of another stack",
    [{ ...NAMESPACE, uid: "6", ...THEIRS }],
    true,
    "namespace kubeflower of context lab belongs to stack kubeflower/other (id 55555555), not to this one — a namespace holds the federation of one stack — take another: pulumi config set namespace <name>",
  ],
  [
    "a claim of another stack in a shared namespace",
    [{ ...CLAIM, uid: "6", ...THEIRS }],
    false,
    "PersistentVolumeClaim flower-server in namespace kubeflower of context lab belongs to stack kubeflower/other (id 55555555), not to this one — a namespace holds the federation of one stack — take another: pulumi config set namespace <name>",
  ],
  [
    "a namespace that nobody's stack made",
    [{ ...NAMESPACE, uid: "6", owner: undefined, stack: undefined }],
    true,
    "namespace kubeflower of context lab is there already, and this stack did not make it — an update never takes over what others made — use it and leave it when the stack is destroyed: pulumi config set createNamespace false, or take another: pulumi config set namespace <name>",
  ],
  [
    "a Service that nobody's stack made",
    [
      {
        kind: "Service",
        name: "service-server",
        namespace: "kubeflower",
        uid: "6",
        owner: undefined,
        stack: undefined,
      },
    ],
    false,
    "Service service-server in namespace kubeflower of context lab is there already, and this stack did not make it — an update never takes over what others made — take another: pulumi config set namespace <name>",
  ],
] as [string, LiveObject[], boolean, string][])(
  "%s is refused by name",
  (_, objects, createNamespace, sentence) => {
    const met = encounter({ state: EMPTY, live: cluster(objects) }, { createNamespace });
    expect(refusal(met)).toEqual({ sentence, warns: false });
  },
);

test("objects that another stack has taken over are refused, though the state has them", () => {
  const live = cluster(OURS.map((one) => ({ ...one, ...THEIRS })));
  expect(refusal(encounter({ live }))?.sentence).toContain("belongs to stack kubeflower/other");
});

describe("an object under the name of one of this stack's is left alone:", () => {
  const sentence = (by: string): string =>
    `Namespace kubeflower of context lab is no longer the one that this stack made: ${by} has made it anew, and Pulumi would take it over or delete it — an update leaves alone what others made — have Pulumi forget it: pulumi state delete 'the-urn' --target-dependents --yes, then run \`pulumi up\` again`;
  const state = heldState({ objects: [{ ...NAMESPACE, urn: "the-urn" }, CLAIM] });

  it("somebody's, also when a refresh would find it", () => {
    const theirs = { ...NAMESPACE, uid: "6", owner: undefined, stack: undefined };
    const met = encounter({ state, live: cluster([theirs]) });
    expect(refusal(met)).toEqual({ sentence: sentence("somebody else"), warns: false });
  });

  it("another stack's, when this stack goes elsewhere and its old namespace would be deleted", () => {
    const theirs = { ...NAMESPACE, uid: "6", ...THEIRS };
    const met = encounter({ state, live: cluster([theirs]) }, { namespace: "other" });
    expect(refusal(met)).toEqual({ sentence: sentence("stack kubeflower/other"), warns: false });
  });
});

const MOVED =
  "context new is another cluster than that of context lab, where this stack's objects are — an update would leave them and their results behind — go back: pulumi config set context lab; or take them down there first: pulumi destroy; or use another stack here: pulumi stack init <name>";
const ANEW = (what: string): string =>
  `context lab has no ${what} of this stack's any more — the cluster was recreated, or somebody deleted it — run \`pulumi up --refresh\``;

describe("what has vanished", () => {
  it("stops all when everything is in the cluster of another context", () => {
    const met = encounter({ live: cluster([]) }, { context: "new" });
    expect(refusal(met)).toEqual({ sentence: MOVED, warns: false });
  });

  it("stops all when what is left cannot be seen there, or is another's of the same name", () => {
    const [namespace] = OURS;
    const found = [undefined, { ...namespace, uid: "6" } as LiveObject];
    for (const hidden of found) {
      const live = { find: ({ kind }: { kind: string }) => (kind === "Namespace" ? hidden : null) };
      const met = encounter({ live: { ...live, growing: undefined } }, { context: "new" });
      expect(refusal(met)).toEqual({ sentence: MOVED, warns: false });
    }
  });

  it.each([
    ["all, of a cluster made anew under the same name", [], ANEW("namespace kubeflower")],
    ["the claim", OURS.slice(0, 1), ANEW("persistentvolumeclaim flower-server")],
    [
      "a namespace that another has taken the place of",
      [{ ...NAMESPACE, ...MARK, uid: "6" }, ...OURS.slice(1)],
      ANEW("namespace kubeflower"),
    ],
  ])("is a warning, as a refresh may have mended it: %s", (_, objects, sentence) => {
    expect(refusal(encounter({ live: cluster(objects) }))).toEqual({ sentence, warns: true });
  });

  it("is in another cluster, when that is known: a refresh would have the stack forget it", () => {
    const met = encounter({ live: cluster([]), isElsewhere: true });
    expect(refusal(met)).toEqual({
      sentence:
        "context lab has no namespace kubeflower of this stack's any more — it is another cluster than at the last update, which has this stack's objects and results if it still exists — lead the kubeconfig back to that one; or, if it is gone for good, run `pulumi up --refresh`: the stack forgets what it made there",
      warns: true,
    });
  });

  it("does not hide that the claim, which is there, would be lost", () => {
    const live = cluster(OURS.slice(1));
    const met = encounter({ live }, { storageClass: "fast" });
    expect(refusal(met)?.sentence).toContain("would delete the volume");
  });
});

describe("declaredClaim", () => {
  it.each([
    [
      "a first update",
      EMPTY,
      { storageClass: "fast" },
      { name: "flower-server", storageClass: "fast" },
    ],
    [
      "the claim that is there",
      heldState(),
      {},
      { name: "flower-server", storageClass: undefined },
    ],
    [
      "its class written out",
      heldState(),
      { storageClass: "standard" },
      { name: "flower-server", storageClass: undefined },
    ],
    [
      "a class that was given up",
      heldState(),
      { storageClass: "fast", discard: "33333333" },
      { name: "flower-server-33333333", storageClass: "fast" },
    ],
    [
      "a yes that nothing asks for",
      heldState(),
      { discard: "33333333" },
      { name: "flower-server", storageClass: undefined },
    ],
    [
      "a namespace that was given up",
      heldState(),
      { namespace: "other", discard: "33333333" },
      { name: "flower-server", storageClass: undefined },
    ],
  ])("of %s", (_, state, wanted, claim) => {
    expect(declaredClaim({ ...WANTED, ...wanted }, state, cluster(OURS))).toEqual(claim);
  });

  it("of another class where the claim has never had a volume has another name", () => {
    const live = cluster([{ ...CLAIM, ...MARK, phase: "Pending" }]);
    const wanted = { ...WANTED, storageClass: "fast" };
    expect(declaredClaim(wanted, heldState(), live)).toEqual({
      name: "flower-server-33333333",
      storageClass: "fast",
    });
  });

  it("has its first name again when the second one is given up", () => {
    const claim = { ...CLAIM, name: "flower-server-99999999" };
    const wanted = { ...WANTED, storage: "500Mi", discard: "33333333" };
    expect(declaredClaim(wanted, heldState({ claim }), cluster(OURS)).name).toBe("flower-server");
  });
});
