import type { KeySet } from "../../../contract/keySet.ts";
import { Refused } from "../../../kube/errors.ts";
import type { ClusterCheck } from "../check.ts";
import { fault, ok, type Finding } from "../finding.ts";
import { setting, type Patient } from "../patient.ts";
import { shellWord } from "../../../contract/shellWord.ts";

/** Checks that the server knows the keys by which the cluster signs the clients' tokens. */
export const signingKeys: ClusterCheck = {
  name: "signing keys",
  run: async (patient) => {
    const [present, known] = await Promise.all([clusterKeys(patient), serverKeys(patient)]);
    if (present !== null) return keysFinding(present, known, remedyOf(patient));
    return isGiven(patient) ? ok("the keys by which clients are proven are in jwks") : hidden();
  },
};

/** Whether the stack is given the keys, and does not read them. */
function isGiven(patient: Patient): boolean {
  // A stack file may hold them as an object, and not as text.
  return setting(patient, "jwks") !== undefined || typeof patient.settings.jwks === "object";
}

function remedyOf(patient: Patient): string {
  const { context } = patient.place;
  return isGiven(patient)
    ? `pulumi config set jwks "$(kubectl --context ${shellWord(context)} get --raw /openid/v1/jwks)" && pulumi up`
    : "pulumi up --refresh";
}

/** @param known keys that the server has; null where no server is */
export function keysFinding(present: KeySet, known: KeySet | null, remedy: string): Finding {
  const many = `${present.keys.length} ${present.keys.length === 1 ? "key" : "keys"}`;
  if (known === null) return ok(`the cluster shows the ${many} by which clients are proven`);
  const ids = new Set(known.keys.map(({ kid }) => kid));
  const fresh = present.keys.filter(({ kid }) => !ids.has(kid)).length;
  if (fresh === 0) return ok(`the server knows the cluster's ${many}`);
  return fault(
    `the cluster signs tokens with ${fresh} of ${many} that the server does not know: it refuses new clients`,
    remedy,
  );
}

/** The cluster's keys; null when this user may not see them. */
async function clusterKeys({ cluster }: Patient): Promise<KeySet | null> {
  try {
    return (await cluster.get<KeySet>("/openid/v1/jwks", 4.5)).object;
  } catch (error) {
    if (error instanceof Refused && error.code === 403) return null;
    throw error;
  }
}

async function serverKeys(patient: Patient): Promise<KeySet | null> {
  const { cluster, place } = patient;
  const server = (await patient.snapshot())?.server;
  const volumes = server?.spec.template?.spec?.volumes ?? [];
  const map = volumes.find(({ name }) => name === "keys")?.configMap?.name;
  if (map === undefined) return null;
  const path = `/api/v1/namespaces/${place.namespace}/configmaps/${map}`;
  const { object } = await cluster.get<{ data?: Record<string, string> }>(path, 4.5);
  return JSON.parse(object.data?.["jwks.json"] ?? '{"keys":[]}') as KeySet;
}

function hidden(): Finding {
  return fault(
    "the cluster does not show you the keys it signs tokens with, by which clients prove who they are",
    "have an administrator type `kubectl get --raw /openid/v1/jwks`, and set what it prints: pulumi config set jwks '<json>'",
  );
}
