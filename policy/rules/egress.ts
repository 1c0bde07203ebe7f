import type { types } from "@pulumi/kubernetes";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { Unwrap } from "@pulumi/pulumi";
import { kind, type Resource } from "../kubernetes.ts";

type Rule = Unwrap<types.input.networking.v1.NetworkPolicyEgressRule>;

/** Rules of a policy by which its pods reach every address. */
function open({ props }: Resource): Rule[] {
  const { egress = [] } = (props.spec ?? {}) as { egress?: readonly Rule[] };
  return egress.filter(
    ({ to = [] }) =>
      to.length === 0 || to.some(({ ipBlock }) => /^(0\.0\.0\.0|::)\/0$/.test(ipBlock?.cidr ?? "")),
  );
}

function portsOf({ ports = [] }: Rule): string {
  return ports.map(({ port, protocol = "TCP" }) => `${protocol} ${String(port)}`).join(", ");
}

/** Refuses pods that may send anything anywhere: that may be the data. */
export const openEgress: ResourceValidationPolicy = {
  name: "open-egress",
  description: "No NetworkPolicy lets pods reach every port of every address.",
  validateResource: (resource, refuse) => {
    if (kind(resource) !== "NetworkPolicy") return;
    if (open(resource).some((rule) => portsOf(rule) === "")) {
      refuse(
        "its pods may reach every port of every address — allowed: some ports, or some addresses — pulumi config set --path 'egress[0]' https, or the addresses that are needed",
      );
    }
  },
};

/** Reviewers see which ports lead out. */
export const wideEgress: ResourceValidationPolicy = {
  name: "wide-egress",
  description: "A NetworkPolicy that lets pods reach every address is a decision.",
  enforcementLevel: "advisory",
  validateResource: (resource, refuse) => {
    if (kind(resource) !== "NetworkPolicy") return;
    for (const rule of open(resource).filter((one) => portsOf(one) !== "")) {
      refuse(
        `its pods may reach every address at ${portsOf(rule)} — best: the addresses that are needed — pulumi config set --path 'egress[0]' <address>:<port>`,
      );
    }
  },
};
