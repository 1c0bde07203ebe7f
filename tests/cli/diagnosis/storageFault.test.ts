import { describe, expect, test } from "vitest";

import { ago, cause, claim, event, pending, snapshot, told } from "../support/objects.ts";

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
      "no provisioner example.org/slow answers for StorageClass slow (PVC flower-server) — install it, or take another class: pulumi config set storageClass <name>",
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

test("a volume that does not grow is told in the words of its driver", () => {
  const conditions = [
    {
      type: "ControllerResizeError",
      status: "True",
      message: "no space",
      lastTransitionTime: ago(5),
    },
  ];
  const one = claim("slow", 900);
  const claims = [{ ...one, status: { phase: "Bound", conditions } }];
  expect(told({ claims })).toBe(
    "the volume of PVC flower-server does not grow: no space — see: kubectl -n kubeflower describe pvc flower-server",
  );
});

test("a volume that is gone takes its runs along", () => {
  const claims = [{ ...claim("slow", 900), status: { phase: "Lost" } }];
  expect(cause({ claims })).toMatch(
    /^the volume of PVC flower-server is gone, with all its runs — /,
  );
});
