import { describe, expect, it } from "vitest";
import type { LiveObjects } from "../../components/liveObjects.ts";
import { declaredClaim, refusal } from "../../components/refusals.ts";
import type { HeldObject } from "../../components/stackState.ts";
import { cluster, encounter, MARK, OURS } from "../support/encounters.ts";
import { CLAIM, heldState, NAMESPACE } from "../support/heldState.ts";

describe("what is being deleted", () => {
  const leaving = (kind: string): LiveObjects =>
    cluster(OURS.map((one) => (one.kind === kind ? { ...one, isLeaving: true } : one)));
  const SENTENCE =
    "claim flower-server is being deleted, which nothing takes back — as soon as the server's pod ends, its volume goes with the results of 0123456789ab (completed) — fetch the results (kubectl --context lab -n kubeflower exec deploy/flower-server -- tar c -C /var/lib/kubeflower runs | tar x) and say yes for this volume: pulumi config set discard 33333333";

  it("a claim stops an update, whatever it changes: the server's pod keeps the volume", () => {
    const met = encounter({ live: leaving("PersistentVolumeClaim") });
    expect(refusal(met)).toEqual({ sentence: SENTENCE, warns: false });
  });

  it("a claim that is given up makes room for one of another name", () => {
    const met = encounter({ live: leaving("PersistentVolumeClaim") }, { discard: "33333333" });
    expect(refusal(met)).toBeUndefined();
    const { name } = declaredClaim(met.wanted, met.state, met.live);
    expect(name).toBe("flower-server-33333333");
  });

  it.each([true, false])("a namespace is waited for, also with createNamespace %s", (own) => {
    const met = encounter({ live: leaving("Namespace") }, { createNamespace: own });
    expect(refusal(met)).toEqual({
      sentence:
        "namespace kubeflower of context lab is being deleted, with all that is in it — nothing can be made there until it is gone — wait for that: kubectl --context lab wait --for=delete namespace/kubeflower --timeout=10m, then run `pulumi up --refresh`",
      warns: false,
    });
  });
});

describe("a volume that a stopped update has given up", () => {
  const fetch =
    "fetch the results (kubectl --context lab -n kubeflower exec deploy/flower-server -- tar c -C /var/lib/kubeflower runs | tar x) and say yes for this volume: pulumi config set discard 33333333";
  const left = (end: string): string =>
    `an update that was stopped has given up claim flower-server of namespace kubeflower${end}`;
  const loss =
    "Pulumi deletes it at the end of this update, with the results of 0123456789ab (completed)";
  const back = left(
    ` for namespace other — ${loss} — finish that one first: pulumi config set namespace other; before, ${fetch}`,
  );
  const other = { ...NAMESPACE, name: "other", uid: "6" };
  const moved = { ...CLAIM, namespace: "other", uid: "7" };
  const beside = { ...CLAIM, name: "flower-server-33333333", uid: "7" };
  const live = (...objects: HeldObject[]): LiveObjects =>
    cluster([...OURS, ...objects.map((one) => ({ ...one, ...MARK }))]);

  it.each([
    ["its namespace had been replaced", heldState({ objects: [other, CLAIM], namespace: other })],
    [
      "its claim had been replaced, too",
      heldState({ objects: [other, moved], namespace: other, claim: moved }),
    ],
  ])("is not taken back when %s", (_, state) => {
    const met = encounter({ state, live: live(other, moved) });
    expect(refusal(met)).toEqual({ sentence: back, warns: false });
  });

  it("goes with the update that was stopped, when that is made again", () => {
    const state = heldState({ objects: [other, moved], namespace: other, claim: moved });
    const met = encounter({ state, live: live(other, moved) }, { namespace: "other" });
    expect(refusal(met)).toBeUndefined();
  });

  it("needs its yes again beside the volume that follows it", () => {
    const state = heldState({ objects: [NAMESPACE, beside], claim: beside });
    const met = encounter({ state, live: live(beside) });
    expect(refusal(met)?.sentence).toBe(left(` — ${loss} — ${fetch}`));
    const yes = encounter({ state, live: live(beside) }, { discard: "33333333" });
    expect(refusal(yes)).toBeUndefined();
  });
});
