import { startCommand } from "../../../contract/clusterKind.ts";
import { Hopeless, Refused, Unreachable, reasonOf } from "../../../kube/errors.ts";
import { oneLine } from "../../../kube/oneLine.ts";
import { faultOf } from "../../fault.ts";
import type { ClusterCheck } from "../check.ts";
import { ok, type Finding } from "../finding.ts";
import { clusterKind, type Patient } from "../patient.ts";
import { shellWord } from "../../../contract/shellWord.ts";

const SECONDS = 4.5;
/** Checks that the context's cluster answers, and lets this user in. */
export const contact: ClusterCheck = {
  name: "context",
  run: async (patient) => {
    const { cluster } = patient;
    try {
      const [version, user] = await Promise.all([
        cluster.get<{ gitVersion: string }>("/version", SECONDS),
        userName(patient),
      ]);
      const as = user === undefined ? "" : ` as ${user}`;
      return ok(
        `context ${cluster.context} answers${as} (Kubernetes ${version.object.gitVersion})`,
      );
    } catch (error) {
      return refusal(patient, error);
    }
  },
};

function refusal(patient: Patient, error: unknown): Finding {
  const { cluster } = patient;
  // A sentence that has its remedy: of a login, or of the kubeconfig.
  if (error instanceof Hopeless && !(error instanceof Refused && error.code !== 401)) {
    const { what, remedy } = faultOf(error);
    return lost(what, remedy);
  }
  if (error instanceof Refused && error.code === 403) {
    return lost(
      `context ${cluster.context} is not let in (403): this user may not even ask for the version`,
      `log in again, and try: kubectl --context ${shellWord(cluster.context)} auth whoami`,
    );
  }
  const command = startCommand(clusterKind(patient), cluster.context);
  const start = command ?? "start it, or take another: pulumi config set context NAME";
  const why = oneLine(reasonOf(error), 200);
  const remedy = error instanceof Unreachable ? error.remedy : undefined;
  return lost(
    `context ${cluster.context} does not answer at ${cluster.config.server}: ${why}`,
    remedy ?? start,
  );
}

/** Name that the API server knows this user by; undefined where it does not tell. */
export async function userName({ cluster }: Patient): Promise<string | undefined> {
  const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  try {
    const { status } = await cluster.post<{ status?: { userInfo?: { username?: string } } }>(
      "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      review,
      SECONDS,
    );
    return status?.userInfo?.username;
  } catch (error) {
    // Kubernetes before 1.28 does not know this review.
    if (error instanceof Refused && error.code === 404) return undefined;
    throw error;
  }
}

function lost(text: string, remedy: string): Finding {
  return { state: "fault", text, remedy, unreached: true };
}
