import type { Cause } from "./cause.ts";
import { lastLine } from "./lastLine.ts";
import {
  containerOf,
  engineStatus,
  roleOf,
  type ContainerStatus,
  type Pod,
  type Terminated,
} from "./objects.ts";
import { resourceCommand, twice } from "./resourceCommand.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * ENOMEM. A container's first process ends with it when a process that it watches runs out of memory:
 * the kubelet sees such a kill only where the kernel counts it for the container, not for its pod.
 */
const OUT_OF_MEMORY = 12;
/** Reason of the kubelet for a container whose first process could not be started. */
const NOT_STARTED = ["StartError", "ContainerCannotRun"];

/**
 * Finds a container that has ended by a fault and does not run again yet, or null. It is told at
 * once; it lasts when the container ends repeatedly: one that is started again may work.
 */
export function crashFault(snapshot: Snapshot, pod: Pod, container: ContainerStatus): Cause | null {
  const { terminated, waiting } = container.state ?? {};
  const isInBackOff = waiting?.reason === "CrashLoopBackOff";
  const ended = terminated ?? (isInBackOff ? container.lastState?.terminated : undefined);
  // One that has done its work is started again only where it was to go on.
  if (ended === undefined || (ended.exitCode === 0 && !isInBackOff)) return null;
  return { text: sentence(snapshot, pod, container, ended), lasts: isLasting(container) };
}

function sentence(
  snapshot: Snapshot,
  pod: Pod,
  container: ContainerStatus,
  ended: Terminated,
): string {
  if (isOutOfMemory(ended)) return memorySentence(pod, container);
  if (NOT_STARTED.includes(ended.reason ?? "")) {
    return startSentence(snapshot, pod, container, ended.message ?? "");
  }
  const { name } = pod.metadata;
  const log = `its log: kubectl -n ${snapshot.objects.namespace} logs ${name} -c ${container.name} --previous`;
  const what = `container ${container.name} of pod ${name} ended ${times(container)} with exit code ${ended.exitCode}`;
  return ended.exitCode === 0
    ? `${what}: its program has to go on — ${goingOn(pod, container)}; ${log}`
    : `${what}${lineOf(ended)} — mend it, then: pulumi up; ${log}`;
}

/** Remedy for a program that ends by itself: the engine's is the stack's own, one beside it is of a patch. */
function goingOn(pod: Pod, { name }: ContainerStatus): string {
  return engineStatus(pod)?.name === name
    ? "give it back what the stack declares: pulumi up --refresh"
    : `let it run on, in the setting ${roleOf(pod)}Pod, then: pulumi up`;
}

function isOutOfMemory({ reason, exitCode }: Terminated): boolean {
  return reason === "OOMKilled" || exitCode === OUT_OF_MEMORY;
}

function memorySentence(pod: Pod, container: ContainerStatus): string {
  const limit = containerOf(pod, container)?.resources?.limits?.memory ?? "?";
  const command = resourceCommand(roleOf(pod), "memory", twice(limit) ?? "2Gi");
  return `pod ${pod.metadata.name} was killed ${times(container)} as it needs more memory than its limit ${limit} — raise it: ${command}`;
}

/** Tells that the runtime cannot start a container, in its words. */
export function startSentence(
  { objects }: Snapshot,
  { metadata }: Pod,
  { name }: ContainerStatus,
  message: string,
): string {
  return `container ${name} of pod ${metadata.name} cannot be started: ${innermost(message)} — its image must have that program — give it back what the stack declares: pulumi up --refresh; or see: kubectl -n ${objects.namespace} describe pod ${metadata.name}`;
}

/** End of the runtime's chain of errors. */
function innermost(message: string): string {
  const [, cause] = /unable to start container process: (.*)$/s.exec(message) ?? [];
  return lastLine((cause ?? message).replace(/: unknown$/, ""));
}

function lineOf({ message }: Terminated): string {
  const line = lastLine(message);
  return line === "" ? "" : `: ${line}`;
}

/**
 * Tells whether a container ends repeatedly. Tolerates two restarts, and any number of them after
 * long runs: the kubelet then waits for 10 s only.
 */
function isLasting({ state, restartCount }: ContainerStatus): boolean {
  const { reason, message } = state?.waiting ?? {};
  return (
    reason === "CrashLoopBackOff" &&
    restartCount >= 2 &&
    message?.includes("back-off 10s ") !== true
  );
}

function times({ restartCount }: ContainerStatus): string {
  return restartCount === 0 ? "once" : `${restartCount + 1} times`;
}
