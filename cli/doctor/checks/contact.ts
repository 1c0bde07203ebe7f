import { startCommand } from "../../../contract/clusterKind.ts";
import { Refused, reasonOf, within } from "../../../kube/errors.ts";
import { oneLine } from "../../../kube/oneLine.ts";
import type { ClusterCheck } from "../check.ts";
import { ok, type Finding } from "../finding.ts";
import { clusterKind, type Patient } from "../patient.ts";

const SECONDS = 4.5;
/** Commands that log in again, by the program that the kubeconfig asks for credentials. */
const LOGINS: Readonly<Record<string, string>> = {
  aws: "aws sso login",
  "aws-iam-authenticator": "aws sso login",
  "gke-gcloud-auth-plugin": "gcloud auth login",
  kubelogin: "az login",
  doctl: "doctl auth init",
  oc: "oc login",
};

/** Checks that the context's cluster answers, and lets this user in. */
export const contact: ClusterCheck = {
  name: "context",
  run: async (patient) => {
    const { cluster } = patient;
    try {
      await within(cluster.config.applyToHTTPSOptions({}), SECONDS, "no credentials");
    } catch (error) {
      const why = oneLine(reasonOf(error), 200);
      return lost(`context ${cluster.context} gets no credentials: ${why}`, login(patient));
    }
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
  if (error instanceof Refused && [401, 403].includes(error.code)) {
    const why =
      error.code === 401
        ? "its login has expired, or is not one of this cluster's"
        : "this user may not even ask for the version";
    return lost(`context ${cluster.context} is not let in (${error.code}): ${why}`, login(patient));
  }
  const server = cluster.config.getCurrentCluster()?.server ?? "no server";
  const command = startCommand(clusterKind(patient), cluster.context);
  const start = command ?? "start it, or take another: pulumi config set context NAME";
  const why = oneLine(reasonOf(error), 200);
  return lost(`context ${cluster.context} does not answer at ${server}: ${why}`, start);
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

function login({ cluster }: Patient): string {
  const user = cluster.config.getCurrentUser() as { exec?: { command?: string } } | null;
  const program = user?.exec?.command
    ?.split(/[/\\]/)
    .at(-1)
    ?.replace(/\.exe$/, "");
  const known = program === undefined ? undefined : LOGINS[program];
  return known ?? `log in again, and try: kubectl --context ${cluster.context} auth whoami`;
}

function lost(text: string, remedy: string): Finding {
  return { state: "fault", text, remedy, unreached: true };
}
