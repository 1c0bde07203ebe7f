import { describe, expect, test } from "vitest";
import { claim, event, pending, sentence, snapshot } from "./objects.ts";

describe("the server's volume", () => {
  const waits = pending(
    "flower-server-7d9-x",
    "pod has unbound immediate PersistentVolumeClaims",
    90,
  );

  test("of a StorageClass that does not exist names those that do, before the pod that waits", () => {
    expect(sentence({ claims: [claim("fast", 90)], pods: [waits] })).toBe(
      "StorageClass fast does not exist (PVC flower-server) — there are: standard (default), slow — pulumi config set storageClass standard",
    );
  });

  test("gets the default class as a remedy, wherever it is in the list", () => {
    const storageClasses = [...(snapshot().storageClasses ?? [])].reverse();
    expect(
      sentence({ claims: [claim("fast", 90)], storageClasses })
        ?.split(" — ")
        .at(-1),
    ).toBe("pulumi config set storageClass standard");
  });

  test("is given ten seconds", () => {
    expect(sentence({ claims: [claim("fast", 9)] })).toBeUndefined();
  });

  test("without a class in a cluster without a default says so", () => {
    expect(sentence({ claims: [claim(undefined, 20)], storageClasses: [] })).toBe(
      "PVC flower-server names no StorageClass and the cluster has no default — the cluster has none: install a provisioner, then pulumi config set storageClass NAME",
    );
  });

  test("whose provisioner does not answer for a minute names it", () => {
    const events = [event("flower-server", "ExternalProvisioning", "Waiting for a volume")];
    expect(sentence({ claims: [claim("slow", 59)], events })).toBeUndefined();
    expect(sentence({ claims: [claim("slow", 61)], events })).toBe(
      "no provisioner example.org/slow answers for StorageClass slow (PVC flower-server has waited 61 s) — install it, or take another class: pulumi config set storageClass NAME",
    );
  });

  test("that its provisioner cannot make gives the provisioner's sentence", () => {
    const events = [event("flower-server", "ProvisioningFailed", "disk quota exceeded.")];
    expect(sentence({ claims: [claim("slow", 50)], events })).toBe(
      "the volume of PVC flower-server cannot be made: disk quota exceeded — see: kubectl -n kubeflower describe pvc flower-server",
    );
  });

  test("that waits for its first pod is no fault, nor is a class this user may not see", () => {
    const events = [event("flower-server", "WaitForFirstConsumer", "waiting for first consumer")];
    expect(sentence({ claims: [claim("slow", 500)], events })).toBeUndefined();
    expect(sentence({ claims: [claim("fast", 500)], storageClasses: null })).toBeUndefined();
  });
});
