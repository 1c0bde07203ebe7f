import { expect, it } from "vitest";
import { openEgress, wideEgress } from "../../../policy/rules/egress.ts";
import { refusals, type Resource } from "../support/refusals.ts";

function policy(...egress: object[]): Resource {
  return {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    name: "clients",
    props: { metadata: { namespace: "here" }, spec: { policyTypes: ["Egress"], egress } },
  };
}

const PORTS = [{ port: 443, protocol: "TCP" }];
const NARROW = [
  { to: [{ podSelector: {} }], ports: PORTS },
  { to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] },
];

it("lets policies pass that lead to some addresses", async () => {
  expect(await refusals(openEgress, policy(...NARROW))).toEqual([]);
  expect(await refusals(wideEgress, policy(...NARROW))).toEqual([]);
  expect(await refusals(openEgress, policy())).toEqual([]);
});

it.each([
  [{}],
  [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }],
  [{ to: [{ ipBlock: { cidr: "::/0" } }] }],
])("refuses every port of every address: %j", async (rule) => {
  expect(await refusals(openEgress, policy(...NARROW, rule))).toHaveLength(1);
  expect(await refusals(wideEgress, policy(...NARROW, rule))).toEqual([]);
});

it("tells reviewers which ports lead to every address", async () => {
  const wide = policy({ ports: PORTS });
  expect(await refusals(openEgress, wide)).toEqual([]);
  expect(await refusals(wideEgress, wide)).toEqual([
    expect.stringContaining("its pods may reach every address at TCP 443 — best: the addresses"),
  ]);
});
