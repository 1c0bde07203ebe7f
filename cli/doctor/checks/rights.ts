import type { ClusterCheck } from "../check.ts";
import { fault, ok, type Finding } from "../finding.ts";
import { setting, type Patient } from "../patient.ts";
import { userName } from "./contact.ts";

/** Right to be asked for. */
export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
}

/** Pulumi lists and watches what it makes and deletes: without that a destroy would never end. */
const CHANGES = ["get", "list", "watch", "create", "patch", "delete"];
/** Objects that components/ makes in the namespace, and what the stack does with them. */
export const MADE = [
  ["", "configmaps"],
  ["", "persistentvolumeclaims"],
  ["", "secrets"],
  ["", "serviceaccounts"],
  ["", "services"],
  ["apps", "deployments"],
  ["apps", "statefulsets"],
  ["networking.k8s.io", "networkpolicies"],
  ["policy", "poddisruptionbudgets"],
] as const;

/** Rights that following, logs and results need. */
const LOOKS: readonly Right[] = [
  { group: "", resource: "pods", verb: "list" },
  // A dry run tells why a pod is refused; doctor's probes are pods, too.
  { group: "", resource: "pods", verb: "create" },
  { group: "", resource: "pods", verb: "delete" },
  { group: "", resource: "pods", subresource: "log", verb: "get" },
  // A WebSocket asks for get, and in newer versions of Kubernetes for create, too.
  { group: "", resource: "pods", subresource: "portforward", verb: "get" },
  { group: "", resource: "pods", subresource: "portforward", verb: "create" },
  { group: "", resource: "events", verb: "list" },
  { group: "apps", resource: "replicasets", verb: "list" },
];

/** Rights in the stack's namespace; docs/rights.md has them as a Role. */
export const IN_NAMESPACE: readonly Right[] = [
  ...MADE.flatMap(([group, resource]) => CHANGES.map((verb) => ({ group, resource, verb }))),
  ...LOOKS,
];

/** Checks that this user may make what the stack is made of. */
export const rights: ClusterCheck = {
  name: "rights",
  run: async (patient) => {
    const everything = { group: "*", resource: "*", verb: "*" };
    if (await isAllowed(patient, everything, "")) return ok("you may do all that the stack does");
    const owns = setting(patient, "createNamespace") !== "false";
    const folders = /"(hostPath|nfs)\\?"/.test(JSON.stringify(patient.settings.data ?? ""));
    const [lacking, namespaces, volumes] = await Promise.all([
      missing(patient, IN_NAMESPACE, patient.place.namespace),
      missing(patient, owns ? OF_NAMESPACE : [], ""),
      missing(patient, folders ? OF_VOLUMES : [], ""),
    ]);
    return finding(patient, { lacking, namespaces, volumes });
  },
};

const OF_NAMESPACE: readonly Right[] = ["get", "create", "patch", "delete"].map((verb) => ({
  group: "",
  resource: "namespaces",
  verb,
}));

/** Folders of nodes and of NFS come by volumes, which are of no namespace. */
const OF_VOLUMES: readonly Right[] = CHANGES.map((verb) => ({
  group: "",
  resource: "persistentvolumes",
  verb,
}));

/** Rights that lack: in the namespace, to make it, and to make volumes. */
type Lacking = Readonly<Record<"lacking" | "namespaces" | "volumes", readonly string[]>>;

async function finding(
  patient: Patient,
  { lacking, namespaces, volumes }: Lacking,
): Promise<Finding> {
  const { namespace } = patient.place;
  const all = [...lacking, ...namespaces, ...volumes];
  if (all.length === 0) return ok("you may do all that the stack does");
  const text = `you may not ${all.join("; ")} (namespace ${namespace})`;
  if (lacking.length === 0 && namespaces.length === 0) {
    return fault(
      text,
      "have an administrator make volumes and claims of your folders, and name these in data: claim",
    );
  }
  if (lacking.length === 0) {
    return fault(
      text,
      `kubectl create namespace ${namespace} (an administrator), then: pulumi config set createNamespace false`,
    );
  }
  const user = (await userName(patient)) ?? "USER";
  return fault(
    text,
    `have an administrator type: kubectl -n ${namespace} create rolebinding kubeflower --clusterrole admin --user ${user}`,
  );
}

/** Lists rights that this user lacks, like `create, patch deployments.apps`. */
async function missing(
  patient: Patient,
  wanted: readonly Right[],
  namespace: string,
): Promise<string[]> {
  const allowed = await Promise.all(wanted.map((right) => isAllowed(patient, right, namespace)));
  const verbs = new Map<string, string[]>();
  for (const right of wanted.filter((_, index) => !allowed[index])) {
    const name = nameOf(right);
    verbs.set(name, [...(verbs.get(name) ?? []), right.verb]);
  }
  return [...verbs].map(([name, list]) => `${list.join(", ")} ${name}`);
}

function nameOf({ group, resource, subresource }: Right): string {
  const name = subresource === undefined ? resource : `${resource}/${subresource}`;
  return group === "" ? name : `${name}.${group}`;
}

/** @param namespace empty: in all namespaces, or of the cluster's own objects */
async function isAllowed({ cluster }: Patient, right: Right, namespace: string): Promise<boolean> {
  const review = await cluster.post<{ status: { allowed: boolean } }>(
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes: { ...right, ...(namespace === "" ? {} : { namespace }) } },
    },
    4.5,
  );
  return review.status.allowed;
}
