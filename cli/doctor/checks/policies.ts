import { PORTS } from "../../../contract/names.ts";
import { isServer, type Pod } from "../../diagnosis/objects.ts";
import type { ClusterCheck } from "../check.ts";
import { fault, ok, unchecked, type Finding } from "../finding.ts";
import type { Patient } from "../patient.ts";
import { NOT_ENFORCED } from "../../policyWarning.ts";
import { ProbePod, type Reached } from "../probePod.ts";

/** Checks, by what clients have found or by a pod of another namespace, that policies are enforced. */
export const policies: ClusterCheck = {
  name: "network policies",
  // The probe has deadlines of its own, and then still removes what it has made.
  seconds: 90,
  makes: true,
  run: async (patient) => {
    if (!patient.probe) return reported(patient);
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

/** Tells what the clients of a run have found, without making anything. */
async function reported(patient: Patient): Promise<Finding> {
  const running = await runningServer(patient);
  const status = running && (await patient.status.read().catch(() => null));
  if (status?.policies === "enforced") {
    return ok("a client does not reach the server's status port: policies are enforced");
  }
  if (status?.policies === "not enforced") return fault(NOT_ENFORCED.what, NOT_ENFORCED.remedy);
  return unchecked(
    "no client has tried whether policies are enforced: a pod in a namespace of its own can",
    "kubeflower doctor --probe",
  );
}

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
      NOT_ENFORCED.remedy,
    );
  }
  return reached.control
    ? ok("a pod of another namespace does not reach the server: policies are enforced")
    : unchecked("the probe reaches nothing at all, not even the API server");
}
