import type { types } from "@pulumi/kubernetes";
import type { StackValidationPolicy } from "@pulumi/policy";
import type { Unwrap } from "@pulumi/pulumi";
import { kind, namespace, podTemplate, type Resource } from "../kubernetes.ts";

const DIRECTIONS = ["Ingress", "Egress"] as const;
type Direction = (typeof DIRECTIONS)[number];

/** Pods reach only what a policy names: without any policy, everything reaches everything. */
export const networkPolicy: StackValidationPolicy = {
  name: "network-policy",
  description: "A namespace with pods denies all traffic that no policy allows.",
  validateStack: ({ resources }, refuse) => {
    const policies = resources.filter((resource) => kind(resource) === "NetworkPolicy");
    const workloads = resources.filter((resource) => podTemplate(resource) !== undefined);
    for (const name of new Set(workloads.map(namespace))) {
      const here = policies.filter((policy) => namespace(policy) === name);
      const pods = workloads.filter((workload) => namespace(workload) === name).map(podLabels);
      const open = DIRECTIONS.filter(
        (direction) => !pods.every((pod) => here.some((it) => denies(it, direction, pod))),
      );
      if (open.length > 0) {
        refuse(
          `namespace ${name} has pods and no default deny of ${open.join(" and ").toLowerCase()} — allowed: pods under a NetworkPolicy that denies all, beside those that allow — add one with podSelector {} and policyTypes ${JSON.stringify(open)}, without rules`,
        );
      }
    }
  },
};

type Labels = Readonly<Record<string, string>>;
type NetworkPolicySpec = Unwrap<types.input.networking.v1.NetworkPolicySpec>;

function podLabels(workload: Resource): Labels {
  return podTemplate(workload)?.metadata?.labels ?? {};
}

function denies({ props }: Resource, direction: Direction, pod: Labels): boolean {
  const spec = (props.spec ?? {}) as Partial<NetworkPolicySpec>;
  const { matchLabels = {}, matchExpressions = [] } = spec.podSelector ?? {};
  const rules = (direction === "Ingress" ? spec.ingress : spec.egress) ?? [];
  return (
    Object.entries(matchLabels).every(([key, value]) => pod[key] === value) &&
    matchExpressions.length === 0 &&
    // Kubernetes' default for a policy without egress rules.
    (spec.policyTypes ?? ["Ingress"]).includes(direction) &&
    rules.length === 0
  );
}
