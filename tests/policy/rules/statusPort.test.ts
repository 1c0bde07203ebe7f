import { expect, it } from "vitest";
import { statusPort } from "../../../policy/rules/statusPort.ts";
import { refusals, type Resource } from "../support/refusals.ts";

const NAMED = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "it" } } }];
const REFUSAL =
  "everybody may reach port 8081, where the metrics of runs are — allowed: a rule whose `from` names a namespace or pods by their labels — pulumi config set monitoring <namespace>";

function policy(...ingress: object[]): Resource {
  return {
    type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    name: "policy",
    props: { spec: { podSelector: {}, policyTypes: ["Ingress"], ingress } },
  };
}

it.each<[string, object[]]>([
  ["nothing", []],
  ["the stream to everybody", [{ ports: [{ port: 8080 }] }]],
  ["UDP to everybody", [{ ports: [{ port: 8081, protocol: "UDP" }] }]],
  ["the status port to a namespace", [{ from: NAMED, ports: [{ port: 8081 }] }]],
  ["all ports to pods", [{ from: [{ podSelector: { matchLabels: { app: "it" } } }] }]],
  [
    "the status port to pods by an expression",
    [{ from: [{ podSelector: { matchExpressions: [{ key: "app", operator: "Exists" }] } }] }],
  ],
  ["all ports to a network", [{ from: [{ ipBlock: { cidr: "10.1.2.0/24" } }] }]],
])("lets a policy pass that opens %s", async (_, ingress) => {
  expect(await refusals(statusPort, policy(...ingress))).toEqual([]);
});

it.each<[string, object[]]>([
  ["everything to everybody", [{}]],
  ["the status port to everybody", [{ ports: [{ port: 8081, protocol: "TCP" }] }]],
  ["the status port by its name", [{ ports: [{ port: "status" }] }]],
  ["every port of TCP", [{ ports: [{ protocol: "TCP" }] }]],
  ["a range of ports", [{ ports: [{ port: 8000, endPort: 9000 }] }]],
  ["it to all namespaces", [{ from: [{ namespaceSelector: {} }], ports: [{ port: 8081 }] }]],
  ["it to every pod of the namespace", [{ from: [{ podSelector: {} }] }]],
  ["it to every address", [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }]],
  ["it to one namespace, and to everybody", [{ from: NAMED }, { ports: [{ port: 8081 }] }]],
])("refuses a policy that opens %s", async (_, ingress) => {
  expect(await refusals(statusPort, policy(...ingress))).toEqual([REFUSAL]);
});

it("asks nothing of other objects", async () => {
  const service = { ...policy({}), type: "kubernetes:core/v1:Service" };
  expect(await refusals(statusPort, service)).toEqual([]);
});
