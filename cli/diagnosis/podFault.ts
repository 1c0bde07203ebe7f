import { oneLine } from "../../kube/oneLine.ts";
import { evictionFault } from "./evictionFault.ts";
import { imageFault } from "./imageFault.ts";
import { lastLine } from "./lastLine.ts";
import {
  containerOf,
  firstSeen,
  roleOf,
  type ContainerStatus,
  type Pod,
  type Terminated,
} from "./objects.ts";
import { resourceCommand, twice } from "./resourceCommand.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a fault may last which often goes away by itself. */
const GRACE = { create: 20, mount: 45 } as const;

/**
 * ENOMEM. A container's first process ends with it when a process that it watches runs out of memory:
 * the kubelet sees such a kill only where the kernel counts it for the container, not for its pod.
 */
const OUT_OF_MEMORY = 12;

const CREATING = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError"];
const MOUNTING = ["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"];

/** Finds what keeps a pod on its node from running, or null. Passing states get a grace period. */
export function podFault(snapshot: Snapshot, pod: Pod): string | null {
  for (const container of pod.status?.containerStatuses ?? []) {
    const fault =
      imageFault(snapshot, pod, container) ??
      memoryFault(pod, container) ??
      crashFault(snapshot, pod, container) ??
      creationFault(snapshot, pod, container);
    if (fault !== null) return fault;
  }
  return evictionFault(snapshot, pod) ?? mountFault(snapshot, pod);
}

function memoryFault(pod: Pod, container: ContainerStatus): string | null {
  const ended = repeatedEnd(container);
  if (ended?.reason !== "OOMKilled" && ended?.exitCode !== OUT_OF_MEMORY) return null;
  const limit = containerOf(pod, container)?.resources?.limits?.memory ?? "?";
  const command = resourceCommand(roleOf(pod), "memory", twice(limit) ?? "2Gi");
  return `pod ${pod.metadata.name} was killed ${times(container)} as it needs more memory than its limit ${limit} — raise it: ${command}`;
}

/**
 * Last end of a container that ends repeatedly. Tolerates two restarts, and any number of them after
 * long runs: the kubelet then waits for 10 s only.
 */
function repeatedEnd(container: ContainerStatus): Terminated | undefined {
  const waiting = container.state?.waiting;
  if (waiting?.reason !== "CrashLoopBackOff" || container.restartCount < 2) return undefined;
  if (waiting.message?.includes("back-off 10s ") === true) return undefined;
  return container.lastState?.terminated;
}

function times({ restartCount }: ContainerStatus): string {
  return `${restartCount + 1} times`;
}

function crashFault(snapshot: Snapshot, pod: Pod, container: ContainerStatus): string | null {
  const ended = repeatedEnd(container);
  if (ended === undefined) return null;
  const line = lastLine(ended.message);
  return (
    `container ${container.name} of pod ${pod.metadata.name} ended ${times(container)} ` +
    `with exit code ${ended.exitCode}${line === "" ? "" : `: ${line}`} — see its log: ` +
    `kubectl -n ${snapshot.objects.namespace} logs ${pod.metadata.name} --previous`
  );
}

function creationFault(snapshot: Snapshot, pod: Pod, container: ContainerStatus): string | null {
  const waiting = container.state?.waiting;
  if (!CREATING.includes(waiting?.reason ?? "")) return null;
  if (snapshot.secondsSince(pod.status?.startTime) < GRACE.create) return null;
  return (
    `container ${container.name} of pod ${pod.metadata.name} cannot be started: ` +
    `${oneLine(waiting?.message ?? waiting?.reason ?? "")} — ${describePod(snapshot, pod)}`
  );
}

function mountFault(snapshot: Snapshot, pod: Pod): string | null {
  if (pod.status?.containerStatuses?.some(({ state }) => state?.waiting === undefined) === true) {
    return null;
  }
  const events = snapshot.eventsOf(pod.metadata, ...MOUNTING);
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return null;
  if (snapshot.secondsSince(firstSeen(first)) < GRACE.mount) return null;
  const fault =
    last.reason === "FailedCreatePodSandBox" ? "cannot be set up" : "cannot mount a volume";
  return `pod ${pod.metadata.name} ${fault}: ${oneLine(last.message ?? "")} — ${describePod(snapshot, pod)}`;
}

function describePod({ objects }: Snapshot, { metadata }: Pod): string {
  return `see: kubectl -n ${objects.namespace} describe pod ${metadata.name}`;
}
