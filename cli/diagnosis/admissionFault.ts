import { oneLine } from "../../kube/oneLine.ts";
import { firstSeen, isTerminating, lastSeen, type Workload } from "./objects.ts";
import { resourceCommand } from "./resourceCommand.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a refusal must have lasted. */
const GRACE = 10;
/** Seconds after which a refusal that was not repeated no longer counts. */
const FORGOTTEN = 900;

type Role = "server" | "client";

/** Finds a workload whose pods the API server refuses to create, by a quota for example; or null. */
export function admissionFault(snapshot: Snapshot): string | null {
  // A pod that is ending takes a part of the quota with it.
  if (snapshot.objects.pods.some(isTerminating)) return null;
  const sets = snapshot.serverReplicaSets().map((set) => ["server", set] as const);
  const clients = snapshot.clients === undefined ? [] : [["client", snapshot.clients] as const];
  for (const [role, workload] of [...sets, ...clients]) {
    const message = refusalOf(snapshot, workload);
    if (message !== null) return sentence(snapshot, role, oneLine(message));
  }
  return null;
}

/** Finds the API server's words when a pod is missing that it refuses to create; or null. */
function refusalOf(snapshot: Snapshot, { metadata, spec, status }: Workload): string | null {
  const missing = (spec.replicas ?? 0) - (status?.replicas ?? 0);
  const event = snapshot.eventsOf(metadata, "FailedCreate").at(-1);
  if (missing <= 0 || event === undefined) return null;
  if (snapshot.secondsSince(firstSeen(event)) < GRACE) return null;
  if (snapshot.secondsSince(lastSeen(event)) > FORGOTTEN) return null;
  return event.message ?? "";
}

function sentence({ objects }: Snapshot, role: Role, message: string): string {
  const pod = role === "server" ? "the server's pod" : "a client's pod";
  const reason = message.replace(/^.*? is forbidden: /, "");
  if (reason.includes("exceeded quota")) {
    return `${pod} is refused by the namespace's quota: ${reason} — raise the quota, or ask for less: ${resourceCommand(role, "memory", "512Mi")}`;
  }
  if (reason.includes("violates PodSecurity")) {
    return `${pod} is refused: ${reason} — let the namespace take it: kubectl label namespace ${objects.namespace} pod-security.kubernetes.io/enforce=baseline --overwrite`;
  }
  return `${pod} is refused: ${reason} — see: kubectl -n ${objects.namespace} get events`;
}
