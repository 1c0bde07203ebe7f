import { describe, expect, test } from "vitest";

import { ago, cause, pod } from "../support/objects.ts";

describe("a node", () => {
  const nodes = (seconds: number) => [
    {
      metadata: { name: "node-1" },
      status: {
        conditions: [
          {
            type: "Ready",
            status: "Unknown",
            message: "Kubelet stopped posting node status.",
            lastTransitionTime: ago(seconds),
          },
        ],
      },
    },
  ];

  test("that does not answer for a minute is named", () => {
    expect(cause({ nodes: nodes(59) })).toBeNull();
    expect(cause({ nodes: nodes(70) })).toBe(
      "node node-1 of pod flower-server-7d9-x is not ready: Kubelet stopped posting node status — bring it back, see: kubectl describe node node-1; where it never comes back: kubectl delete node node-1",
    );
  });

  test("counts for a terminating server pod, too: it cannot end there", () => {
    const metadata = { deletionTimestamp: ago(100) };
    const leaving = pod("flower-server-7d9-x", {}, { metadata });
    expect(cause({ nodes: nodes(300), pods: [leaving] })).toContain("node node-1 of pod");
  });

  test("that this user may not list is no fault", () => {
    expect(cause({ nodes: null })).toBeNull();
  });
});
