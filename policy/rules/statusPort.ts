import type { types } from "@pulumi/kubernetes";
import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { Unwrap } from "@pulumi/pulumi";
import { PORTS } from "../../contract/names.ts";
import { kind } from "../kubernetes.ts";

type NetworkPolicySpec = Unwrap<types.input.networking.v1.NetworkPolicySpec>;
type Rule = Unwrap<types.input.networking.v1.NetworkPolicyIngressRule>;
type Peer = Unwrap<types.input.networking.v1.NetworkPolicyPeer>;
type Port = Unwrap<types.input.networking.v1.NetworkPolicyPort>;

/** The status port shows settings, metrics and runs: only named namespaces or pods may reach it. */
export const statusPort: ResourceValidationPolicy = {
  name: "status-port",
  description:
    "A NetworkPolicy opens the status port to named namespaces or pods, not to everybody.",
  validateResource: (resource, refuse) => {
    if (kind(resource) !== "NetworkPolicy") return;
    const { ingress = [] } = (resource.props.spec ?? {}) as Partial<NetworkPolicySpec>;
    if (ingress.some((rule) => opens(rule) && !names(rule))) {
      refuse(
        `everybody may reach port ${PORTS.status}, where the metrics of runs are — allowed: a rule whose \`from\` names a namespace or pods by their labels — pulumi config set monitoring <namespace>`,
      );
    }
  },
};

function opens({ ports = [] }: Rule): boolean {
  return ports.length === 0 || ports.some(includesStatus);
}

function includesStatus({ port, endPort, protocol = "TCP" }: Port): boolean {
  if (protocol !== "TCP") return false;
  if (port === undefined || port === "status") return true;
  const first = Number(port);
  return first <= PORTS.status && PORTS.status <= (endPort ?? first);
}

function names({ from = [] }: Rule): boolean {
  return from.length > 0 && from.every(isNamed);
}

function isNamed({ ipBlock, podSelector, namespaceSelector }: Peer): boolean {
  if (ipBlock !== undefined) return !/\/0$/.test(ipBlock.cidr);
  return [podSelector, namespaceSelector].some(
    (selector) =>
      Object.keys(selector?.matchLabels ?? {}).length > 0 ||
      (selector?.matchExpressions ?? []).length > 0,
  );
}
