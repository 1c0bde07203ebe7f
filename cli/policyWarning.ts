import type { Status } from "../contract/status.ts";

/** Finding that pods reach what the stack's policies forbid, and its remedy. */
export const NOT_ENFORCED = {
  what: "a client reaches the server's status port, which no policy of the stack allows: the cluster does not enforce NetworkPolicies, or one that is not the stack's lets it in",
  remedy:
    "install a network plugin that enforces them, such as Calico or Cilium (minikube start --cni calico), and look at: kubectl get networkpolicies -A",
} as const;

/** Sentence for a run whose clients have found that policies are not enforced; null otherwise. */
export function policyWarning({ policies }: Pick<Status, "policies">): string | null {
  if (policies !== "not enforced") return null;
  return `warning: ${NOT_ENFORCED.what} — ${NOT_ENFORCED.remedy}`;
}
