import { expect, it } from "vitest";
import { networkPolicy } from "../../../policy/rules/networkPolicy.ts";
import { deployment, type Resource, stackRefusals } from "../support/refusals.ts";

const BOTH = { podSelector: {}, policyTypes: ["Ingress", "Egress"] };

function policy(spec: object, namespace = "here"): Resource {
  return {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    name: "deny",
    props: { metadata: { namespace }, spec },
  };
}

function refusal(directions: string, types: string, namespace = "here"): string {
  return `stack: namespace ${namespace} has pods and no default deny of ${directions} — allowed: pods under a NetworkPolicy that denies all, beside those that allow — add one with podSelector {} and policyTypes ${types}, without rules`;
}

it.each([
  ["one policy", [policy(BOTH)]],
  [
    "a policy for each direction",
    [policy({ podSelector: {} }), policy({ ...BOTH, policyTypes: ["Egress"], egress: [] })],
  ],
  ["a policy for its label", [policy({ ...BOTH, podSelector: { matchLabels: { app: "web" } } })]],
])("lets pods pass that %s denies everything", async (_, policies) => {
  expect(await stackRefusals(networkPolicy, [deployment({}, "here"), ...policies])).toEqual([]);
});

it("asks for nothing where no pods are", async () => {
  expect(await stackRefusals(networkPolicy, [policy({ podSelector: {} })])).toEqual([]);
});

it.each([
  ["without any policy", [], "ingress and egress", '["Ingress","Egress"]'],
  ["with a policy of another namespace", [policy(BOTH, "there")], "ingress and egress", undefined],
  [
    "with a policy for some pods",
    [policy({ ...BOTH, podSelector: { matchLabels: { app: "other" } } })],
    "ingress and egress",
    undefined,
  ],
  ["with a policy that allows", [policy({ ...BOTH, egress: [{}] })], "egress", '["Egress"]'],
  ["with a policy for ingress", [policy({ podSelector: {} })], "egress", '["Egress"]'],
])(
  "refuses a namespace %s, once",
  async (_, policies, directions, types = '["Ingress","Egress"]') => {
    const stack = [deployment({}, "here"), deployment({}, "here"), ...policies];
    expect(await stackRefusals(networkPolicy, stack)).toEqual([refusal(directions, types)]);
  },
);

it("takes a workload without a namespace for one in default", async () => {
  expect(await stackRefusals(networkPolicy, [deployment()])).toEqual([
    refusal("ingress and egress", '["Ingress","Egress"]', "default"),
  ]);
});
