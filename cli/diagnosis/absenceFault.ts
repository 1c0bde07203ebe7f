import { NAMES } from "../../contract/names.ts";
import { foremost, type Cause } from "./cause.ts";
import type { Policy } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Command that makes the stack's objects again that somebody deleted. */
export const MAKE_AGAIN = "make it again: pulumi up --refresh";

/**
 * Seconds within which the first update makes all objects of a stack, one after the other: policies and
 * claim before the Deployment, the Service before the StatefulSet.
 */
const MAKING = 30;

/** Finds an object of the stack that somebody has deleted, or scaled to too few pods; or null. */
export function absenceFault(snapshot: Snapshot, running: boolean): Cause | null {
  // A namespace without a server has no federation: another sentence says so.
  const { server } = snapshot;
  if (server === undefined) return null;
  const { creationTimestamp } = server.metadata;
  const isNew =
    creationTimestamp !== undefined && snapshot.secondsSince(creationTimestamp) < MAKING;
  const mayComeYet = isNew && snapshot.clients === undefined;
  const missing = [
    isNew ? null : missingClients(snapshot),
    mayComeYet ? null : missingService(snapshot),
    missingClaim(snapshot),
    missingPolicy(snapshot),
  ];
  return foremost(
    [
      serverScale(snapshot),
      pausedServer(snapshot),
      clientScale(snapshot, running),
      endingClaim(snapshot),
      ...missing,
    ].map((text) => (text === null ? null : { text, lasts: true })),
  );
}

function serverScale({ objects, server }: Snapshot): string | null {
  if (server?.spec.replicas !== 0) return null;
  return `Deployment ${NAMES.server} is scaled to 0 pods, so the server does not run — it needs 1 — ${scale(objects.namespace, `deployment ${NAMES.server}`, 1)}`;
}

/** Finds a Deployment whose newest template waits, as somebody has paused it. */
function pausedServer({ objects, server }: Snapshot): string | null {
  if (server?.spec.paused !== true || server.status?.updatedReplicas === 1) return null;
  return `Deployment ${NAMES.server} is paused, so its last change waits — kubectl -n ${objects.namespace} rollout resume deployment ${NAMES.server}`;
}

function clientScale(snapshot: Snapshot, running: boolean): string | null {
  const { clients, objects } = snapshot;
  if (clients === undefined) return null;
  const needed = snapshot.clientsNeeded(running);
  const wanted = clients.spec.replicas ?? 1;
  if (wanted >= needed) return null;
  const all = snapshot.clientsDeclared;
  return `StatefulSet ${NAMES.client} is scaled to ${wanted} of ${all} clients — the run needs ${needed} — ${scale(objects.namespace, `statefulset ${NAMES.client}`, all)}`;
}

function missingClients({ clients }: Snapshot): string | null {
  return clients === undefined
    ? `StatefulSet ${NAMES.client} is gone, so no client runs — ${MAKE_AGAIN}`
    : null;
}

function scale(namespace: string, workload: string, pods: number): string {
  return `kubectl -n ${namespace} scale ${workload} --replicas ${pods}`;
}

function missingService({ objects }: Snapshot): string | null {
  const { services } = objects;
  if (services === null) return null;
  if (services.some(({ metadata }) => metadata.name === NAMES.service)) return null;
  return `Service ${NAMES.service} is gone, so clients do not find the server — ${MAKE_AGAIN}`;
}

/** Finds a claim that the server mounts, and that goes once no pod uses it. */
function endingClaim({ objects }: Snapshot): string | null {
  const { claims, namespace } = objects;
  const ending = claims.find(({ metadata }) => metadata.deletionTimestamp !== undefined);
  if (ending === undefined) return null;
  const { name } = ending.metadata;
  return `PVC ${name} is being deleted, and goes with all its runs when the server's pod ends — fetch them first: kubeflower results — then kubectl -n ${namespace} delete pod -l app=${NAMES.server} && pulumi up --refresh`;
}

function missingClaim(snapshot: Snapshot): string | null {
  const { claims } = snapshot.objects;
  const gone = snapshot
    .claimNames()
    .find((name) => !claims.some(({ metadata }) => metadata.name === name));
  return gone === undefined ? null : `PVC ${gone} is gone, with all its runs — ${MAKE_AGAIN}`;
}

/**
 * Finds a policy of the stack's that is gone while others close the pods off: policies only ever
 * allow, and a pod that one of them selects gets nothing that none allows.
 */
function missingPolicy({ objects }: Snapshot): string | null {
  const { policies } = objects;
  if (policies === null || policies.length === 0) return null;
  const lacking = [NAMES.server, NAMES.client].find(
    (app) => !policies.some((policy) => opens(policy, app)) && policies.some(isForAll),
  );
  if (lacking === undefined) return null;
  const isThere = policies.some(({ spec }) => spec.podSelector?.matchLabels?.app === lacking);
  const what = isThere ? "no longer does" : "is gone";
  return `the NetworkPolicy that opens the pods of ${lacking} ${what}, so clients do not reach the server — ${MAKE_AGAIN}`;
}

function isForAll({ spec }: Policy): boolean {
  return Object.keys(spec.podSelector?.matchLabels ?? {}).every((key) => key !== "app");
}

/** Tells whether a policy lets something in or out of the pods with this label `app`. */
function opens({ spec }: Policy, app: string): boolean {
  const allowed = (spec.ingress?.length ?? 0) + (spec.egress?.length ?? 0) > 0;
  const selected = spec.podSelector?.matchLabels?.app;
  return allowed && (selected === app || selected === undefined);
}
