import { PORTS } from "../../../contract/names.ts";
import { isServer, type Pod } from "../../diagnosis/objects.ts";
import type { ClusterCheck } from "../check.ts";
import { fault, ok, unchecked, type Finding } from "../finding.ts";
import type { Patient } from "../patient.ts";
import { ProbePod, type Reached } from "../probePod.ts";

/** Checks, by a pod of another namespace, that NetworkPolicies are enforced. */
export const policies: ClusterCheck = {
  name: "network policies",
  // The probe has deadlines of its own, and then still removes what it has made.
  seconds: 90,
  makes: true,
  run: async (patient) => {
    if (!patient.probe) {
      return unchecked(
        "it takes a pod in a namespace of its own to see whether policies are enforced",
        "kubeflower doctor --probe",
      );
    }
    const server = await runningServer(patient);
    const { podIP } = server?.status ?? {};
    const image = server?.spec.containers[0]?.image;
    if (server === undefined || podIP === undefined || image === undefined) {
      return unchecked("no pod of the server runs that a probe could try to reach", "pulumi up");
    }
    const target = { host: podIP, port: PORTS.status };
    const { nodeName: node } = server.spec;
    const probe = new ProbePod(patient.cluster, { image, node, target, say: patient.say });
    return policiesFinding(await probe.reach());
  },
};

async function runningServer(patient: Patient): Promise<Pod | undefined> {
  const pods = (await patient.snapshot())?.currentPods() ?? [];
  return pods.filter(isServer).find(({ status }) => status?.phase === "Running");
}

/** @param reached targets that the probe has reached, or why it could not try */
export function policiesFinding(reached: Reached | string): Finding {
  if (typeof reached === "string") return unchecked(`the probe did not run: ${reached}`);
  if (reached.target) {
    return fault(
      "a pod of another namespace reaches the server's status port: the cluster does not enforce NetworkPolicies, or one that is not the stack's lets it in",
      "install a network plugin that enforces them, such as Calico or Cilium (minikube start --cni calico), and look at: kubectl get networkpolicies -A",
    );
  }
  return reached.control
    ? ok("a pod of another namespace does not reach the server: policies are enforced")
    : unchecked("the probe reaches nothing at all, not even the API server");
}
