import { expect, test } from "vitest";

import { ago, cause } from "../support/objects.ts";

test("a namespace that is being deleted is told at once, with what it waits for", () => {
  const home = {
    metadata: { name: "kubeflower", deletionTimestamp: ago(1) },
    status: {
      conditions: [
        {
          type: "NamespaceDeletionContentFailure",
          status: "False",
          message: "All content deleted",
        },
        {
          type: "NamespaceFinalizersRemaining",
          status: "True",
          message:
            "Some content in the namespace has finalizers remaining: example.org/held in 1 resource instances",
        },
      ],
    },
  };
  expect(cause({ home })).toBe(
    "namespace kubeflower is being deleted, with everything in it (Some content in the namespace has finalizers remaining: example.org/held in 1 resource instances) — nothing can be made there before it is gone — kubectl wait --for=delete namespace/kubeflower --timeout=5m && pulumi up --refresh",
  );
});

test("a namespace that stays, and one that this user may not read, are no fault", () => {
  expect(cause({ home: { metadata: { name: "kubeflower" } } })).toBeNull();
  expect(cause({ home: null })).toBeNull();
});
