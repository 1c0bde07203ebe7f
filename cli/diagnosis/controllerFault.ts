import { cause, foremost, type Cause } from "./cause.ts";
import { lackingPods, type Lacking } from "./lackingPods.ts";
import type { Workload } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a controller may need. */
const STEP = 8;
/** Seconds after which a controller will not take a change up by itself. */
const PATIENCE = 60;
/**
 * Longest pause before a controller tries again: DefaultTypedControllerRateLimiter of client-go's
 * util/workqueue doubles the pause from 5 ms to 1000 s.
 */
const LONGEST_PAUSE = "17 min";
const SYSTEM = "kubectl -n kube-system get pods";

/** Finds a workload that Kubernetes' controller manager leaves alone, though nothing refuses its pods; or null. */
export function controllerFault(snapshot: Snapshot): Cause | null {
  const workloads = [
    ["Deployment", snapshot.server] as const,
    ...snapshot.serverReplicaSets().map((set) => ["ReplicaSet", set] as const),
    ["StatefulSet", snapshot.clients] as const,
  ];
  return foremost([
    ...workloads.map(([kind, workload]) => unseen(snapshot, kind, workload)),
    ...lackingPods(snapshot).map((lacking) => unmade(snapshot, lacking)),
  ]);
}

/** A workload whose last change no controller has looked at. */
function unseen(snapshot: Snapshot, kind: string, workload: Workload | undefined): Cause | null {
  if (workload === undefined) return null;
  const { metadata, status } = workload;
  if (status?.observedGeneration === metadata.generation) return null;
  const changes = (metadata.managedFields ?? []).filter(({ subresource }) => !subresource);
  const times = changes.map(({ time }) => time);
  const seconds = snapshot.secondsSinceLatest([metadata.creationTimestamp, ...times]);
  if (seconds < STEP) return null;
  const { namespace } = snapshot.objects;
  return cause(
    `${kind} ${metadata.name} waits for Kubernetes' controller manager, which has not looked at its last change — that program of the cluster must run, and no quota may keep it from its work — see: ${SYSTEM} && kubectl -n ${namespace} describe quota`,
    seconds,
    PATIENCE,
  );
}

/** A workload whose pods nobody makes. */
function unmade(snapshot: Snapshot, { kind, workload, missing, seconds }: Lacking): Cause | null {
  const { trials, namespace } = snapshot.objects;
  const { name } = workload.metadata;
  const trial = trials?.[name];
  if (seconds < STEP || typeof trial === "string") return null;
  const why = trial === null ? "though the API server refuses none now" : "and no event says why";
  const pods = missing === 1 ? "1 pod" : `${missing} pods`;
  return cause(
    `${kind} ${name} lacks ${pods}, ${why}: Kubernetes' controller manager waits up to ${LONGEST_PAUSE} after a refusal, or does not run (see: ${SYSTEM}) — wake it: kubectl -n ${namespace} annotate ${kind.toLowerCase()} ${name} kubeflower/woken="$(date)" --overwrite`,
    seconds,
    Infinity,
  );
}
