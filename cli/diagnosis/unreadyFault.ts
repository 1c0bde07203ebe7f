import { isServerReadyFor } from "./connectionFault.ts";
import type { Cause } from "./cause.ts";
import { lastSeen } from "./event.ts";
import {
  condition,
  containerOf,
  engineStatus,
  isServer,
  type ContainerStatus,
  type Pod,
} from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds for which a pod may do the same step before it is told: most need less. */
const STEP = { setup: 8, program: 10 } as const;

/**
 * Finds the pod on a node that has not been ready for longest and that no other rule explains, and
 * tells what it does; or null. It never ends an update: some apps take minutes to start.
 */
export function unreadyFault(snapshot: Snapshot): Cause | null {
  const steps = snapshot
    .currentPods()
    .filter((pod) => pod.spec.nodeName !== undefined)
    .flatMap((pod) => stepOf(snapshot, pod) ?? [])
    .map((step) => ({ ...step, seconds: snapshot.secondsSince(step.since) }))
    .filter(({ seconds, atMost }) => seconds >= atMost)
    .sort((a, b) => b.seconds - a.seconds);
  const [first] = steps;
  return first === undefined ? null : { text: `waiting for ${first.text}`, lasts: false };
}

/** Step that a pod is at; told after "waiting for". */
interface Step {
  /** Seconds for which nobody is told of it. */
  readonly atMost: number;
  readonly since: string | number | undefined;
  readonly text: string;
}

function stepOf(snapshot: Snapshot, pod: Pod): Step | null {
  // The kubelet sets it with the first status.
  if (pod.status?.startTime === undefined) return unseenStep(pod);
  if (condition(pod, "Ready")?.status !== "False") return null;
  const { name } = pod.metadata;
  const first = initContainer(pod);
  if (first?.state?.running !== undefined) {
    const must = isBeside(pod, first) ? "start, by its startup probe" : "end";
    return {
      atMost: STEP.setup,
      since: first.state.running.startedAt,
      text: `container ${first.name} of pod ${name}, which runs before the others: it must ${must} — see its log: kubectl -n ${snapshot.objects.namespace} logs ${name} -c ${first.name}`,
    };
  }
  const engine = engineStatus(pod);
  const all = [...(engine === undefined ? [] : [engine]), ...(pod.status.containerStatuses ?? [])];
  const unready = all.find(({ state, ready }) => state?.running !== undefined && ready !== true);
  if (unready !== undefined) return runningStep(snapshot, pod, unready, unready === engine);
  return setupStep(snapshot, pod, engine?.state?.waiting?.reason);
}

/** Tells of a pod that its node's kubelet has not taken up. */
function unseenStep({ metadata, spec, status }: Pod): Step {
  const node = spec.nodeName ?? "?";
  const scheduled = status?.conditions?.find(({ type }) => type === "PodScheduled");
  return {
    atMost: STEP.setup,
    since: scheduled?.lastTransitionTime ?? metadata.creationTimestamp,
    text: `node ${node}, which has not begun with pod ${metadata.name} — its kubelet has to — see: kubectl describe node ${node}`,
  };
}

/** Tells of a pod that its node sets up; that it pulls an image is told elsewhere. */
function setupStep(snapshot: Snapshot, pod: Pod, reason?: string): Step | null {
  const { name } = pod.metadata;
  // Events have whole seconds or parts of them: those of one second may be in any order.
  const pull = snapshot.eventsOf(pod.metadata, "Pulling", "Pulled").at(-1);
  if (reason === undefined || pull?.reason === "Pulling") return null;
  const last = snapshot.eventsOf(pod.metadata).at(-1);
  return {
    atMost: STEP.setup,
    since: Math.max(
      Date.parse(pod.status?.startTime ?? ""),
      last === undefined ? 0 : lastSeen(last),
    ),
    text: `node ${pod.spec.nodeName ?? "?"}, which sets up pod ${name} (${reason}: volumes, network, image) — Kubernetes says no more of it — see: kubectl -n ${snapshot.objects.namespace} describe pod ${name}`,
  };
}

/** Init container whose turn it is: the first that has not ended, or has not started where it goes on. */
function initContainer(pod: Pod): ContainerStatus | undefined {
  return pod.status?.initContainerStatuses?.find((one) =>
    isBeside(pod, one) ? one.started === false : one.state?.terminated?.exitCode !== 0,
  );
}

/** Tells whether an init container goes on beside the others. */
function isBeside(pod: Pod, container: ContainerStatus): boolean {
  return containerOf(pod, container)?.restartPolicy === "Always";
}

/** Tells of a container that runs and is not ready; no client is while the server starts. */
function runningStep(
  snapshot: Snapshot,
  pod: Pod,
  container: ContainerStatus,
  isEngine: boolean,
): Step | null {
  if (!isServer(pod) && !isServerReadyFor(snapshot, STEP.program)) return null;
  const { name } = pod.metadata;
  const lacks = isServer(pod) ? "does not answer yet" : "is not connected to the server yet";
  const does = isEngine
    ? `its program runs, and ${lacks} — an app may take a while`
    : `its container ${container.name} runs, and is not ready`;
  const started = container.state?.running?.startedAt ?? pod.status?.startTime;
  const times = [started, condition(pod, "Ready")?.lastTransitionTime];
  return {
    atMost: STEP.program,
    since: Math.max(...times.map((time) => (time === undefined ? 0 : Date.parse(time)))),
    text: `pod ${name}: ${does} — see its log: kubectl -n ${snapshot.objects.namespace} logs ${name} -c ${container.name}`,
  };
}
