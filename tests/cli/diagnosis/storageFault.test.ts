import { describe, expect, test } from "vitest";

import { cause, claim, event, pending, snapshot } from "../support/objects.ts";

describe("the server's volume", () => {
  const waits = pending(
    "flower-server-7d9-x",
    "pod has unbound immediate PersistentVolumeClaims",
    90,
  );

  test("of a StorageClass that does not exist is reported before the pod that waits, with the classes there are", () => {
    expect(cause({ claims: [claim("fast", 90)], pods: [waits] })).toBe(
      "StorageClass fast does not exist (PVC flower-server) — there are: standard (default), slow — pulumi config set storageClass standard",
    );
  });

  test("gets the default class as its remedy, wherever that is in the list", () => {
    const storageClasses = [...(snapshot().objects.storageClasses ?? [])].reverse();
    expect(
      cause({ claims: [claim("fast", 90)], storageClasses })
        ?.split(" — ")
        .at(-1),
    ).toBe("pulumi config set storageClass standard");
  });

  test("may lack its class for ten seconds", () => {
    expect(cause({ claims: [claim("fast", 9)] })).toBeNull();
  });

  test("without a class in a cluster without a default is reported", () => {
    expect(cause({ claims: [claim(undefined, 20)], storageClasses: [] })).toBe(
      "PVC flower-server names no StorageClass and the cluster has no default — the cluster has none: install a provisioner, then pulumi config set storageClass <name>",
    );
  });

  test("whose provisioner does not answer for a minute is reported with the provisioner", () => {
    const events = [event("flower-server", "ExternalProvisioning", "Waiting for a volume")];
    expect(cause({ claims: [claim("slow", 59)], events })).toBeNull();
    expect(cause({ claims: [claim("slow", 61)], events })).toBe(
      "no provisioner example.org/slow answers for StorageClass slow (PVC flower-server has waited 61 s) — install it, or take another class: pulumi config set storageClass <name>",
    );
  });

  test("that its provisioner cannot make is reported with the provisioner's words", () => {
    const events = [event("flower-server", "ProvisioningFailed", "disk quota exceeded.")];
    expect(cause({ claims: [claim("slow", 50)], events })).toBe(
      "the volume of PVC flower-server cannot be made: disk quota exceeded — see: kubectl -n kubeflower describe pvc flower-server",
    );
  });

  test("that waits for its first pod is no fault, nor is a class that this user may not list", () => {
    const events = [event("flower-server", "WaitForFirstConsumer", "waiting for first consumer")];
    expect(cause({ claims: [claim("slow", 500)], events })).toBeNull();
    expect(cause({ claims: [claim("fast", 500)], storageClasses: null })).toBeNull();
  });
});
