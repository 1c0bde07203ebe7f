import type { Cause } from "./cause.ts";
import { isEngine, memoryLimit, moreMemory, restored, startRemedy } from "./containerRemedy.ts";
import { lastLine } from "./lastLine.ts";
import type { ContainerStatus, Pod, Terminated } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * ENOMEM. A container's first process ends with it when a process that it watches runs out of memory:
 * the kubelet sees such a kill only where the kernel counts it for the container, not for its pod.
 */
const OUT_OF_MEMORY = 12;
/** Reason of the kubelet for a container whose first process could not be started. */
const NOT_STARTED = ["StartError", "ContainerCannotRun"];
/** Last words of a program that its node's processor cannot run: runc starts it, and says so in its log. */
const OTHER_MACHINE = /exec format error\s*$/i;

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
  if (NOT_STARTED.includes(ended.reason ?? "") || OTHER_MACHINE.test(ended.message ?? "")) {
    return startSentence(snapshot, pod, container, ended.message ?? "");
  }
  const { name } = pod.metadata;
  const log = `its log: kubectl -n ${snapshot.objects.namespace} logs ${name} -c ${container.name} --previous`;
  const what = `container ${container.name} of pod ${name} ended ${times(container)} with exit code ${ended.exitCode}`;
  return ended.exitCode === 0
    ? `${what}: its program has to go on — ${restored(pod, container, "let it run on")}; ${log}`
    : `${what}${lineOf(ended)} — mend it, then: pulumi up; ${log}`;
}

function isOutOfMemory({ reason, exitCode }: Terminated): boolean {
  return reason === "OOMKilled" || exitCode === OUT_OF_MEMORY;
}

function memorySentence(pod: Pod, container: ContainerStatus): string {
  const limit = memoryLimit(pod, container);
  const beside = isEngine(pod, container) ? "" : `container ${container.name} of `;
  return `${beside}pod ${pod.metadata.name} was killed ${times(container)} as it needs more memory than its limit ${limit} — ${moreMemory(pod, container)}`;
}

/** Tells that the runtime cannot start a container, in its words. */
export function startSentence(
  snapshot: Snapshot,
  pod: Pod,
  container: ContainerStatus,
  message: string,
): string {
  const words = innermost(message);
  return `container ${container.name} of pod ${pod.metadata.name} cannot be started: ${words} — ${startRemedy(words, snapshot, pod, container)}`;
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
