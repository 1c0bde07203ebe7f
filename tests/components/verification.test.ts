import * as pulumi from "@pulumi/pulumi";
import { expect, test, vi } from "vitest";
import { verification, verified } from "../../components/verification.ts";
import { recordResources, valueOf } from "../support/mocks.ts";
import { CLAIM } from "../support/heldState.ts";

const answering = (object: unknown) => ({ get: <T>() => Promise.resolve(object as T) });

test.each([
  ["that is there", { metadata: { uid: CLAIM.uid } }],
  ["that this user may not see", undefined],
])("an object %s lets the program go on", async (_, object) => {
  await expect(verification(answering(object), "lab")(CLAIM)).resolves.toBeUndefined();
});

test.each([
  ["is gone", null],
  ["another has taken the place of", { metadata: { uid: "6" } }],
])("an object that %s ends the program in one sentence", async (_, object) => {
  const error = vi.spyOn(pulumi.log, "error").mockResolvedValue();
  const exit = vi.spyOn(process, "exit").mockImplementation(() => undefined as never);
  await verification(answering(object), "lab")(CLAIM);
  expect(error.mock.calls).toEqual([
    [
      "context lab has no persistentvolumeclaim flower-server of this stack's any more — the cluster was recreated, or somebody deleted it — run `pulumi up --refresh`",
    ],
  ]);
  expect(exit.mock.calls).toEqual([[32]]);
  vi.restoreAllMocks();
});

test("a value is there once its object is verified", async () => {
  recordResources(false);
  const verify = vi.fn(() => Promise.resolve());
  const metadata = pulumi.output({ name: "lab", namespace: "default", uid: "5" });
  expect(await valueOf(verified(verify, "Namespace", metadata, "value"))).toBe("value");
  expect(verify.mock.calls).toEqual([
    [{ kind: "Namespace", name: "lab", namespace: "", uid: "5" }],
  ]);
  expect(await valueOf(verified(undefined, "Namespace", metadata, "value"))).toBe("value");
});
