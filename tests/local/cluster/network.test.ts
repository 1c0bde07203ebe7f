import { expect, test } from "vitest";

import { AddressPlan, MAX_NODES } from "../../../local/cluster/addressPlan.ts";
import { nodeNetwork } from "../../../local/cluster/network.ts";

test("two clusters share no bridge, link, node address or registry port", () => {
  const facts = [1, 2].map((index) => {
    const plan = new AddressPlan(index);
    return [plan.bridge, plan.link(0), plan.node(0), plan.host, String(plan.registryPort)];
  });
  expect(facts).toEqual([
    ["kubeflower1", "kf1n0", "10.90.1.10", "10.90.1.1", "5555"],
    ["kubeflower2", "kf2n0", "10.90.2.10", "10.90.2.1", "5556"],
  ]);
});

test("names of links fit the kernel's 15 characters up to the last node of the last cluster", () => {
  const plan = new AddressPlan(250);
  expect(Math.max(plan.bridge.length, plan.link(MAX_NODES - 1).length)).toBeLessThanOrEqual(15);
});

test("a node routes to the pods of every other node and not to its own", () => {
  const lines = nodeNetwork(new AddressPlan(1), 2).split("\n");
  const routes = lines.filter((line) => line.startsWith("ip route add 10.244."));
  expect(routes).toHaveLength(MAX_NODES - 1);
  expect(routes[0]).toBe("ip route add 10.244.0.0/24 via 10.90.1.10");
  expect(routes.join("\n")).not.toContain("10.244.2.0/24");
});
