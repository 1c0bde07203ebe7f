import { oneLine } from "../../kube/oneLine.ts";
import { cause, type Cause } from "./cause.ts";
import { startRemedy } from "./containerRemedy.ts";
import { crashFault, startSentence } from "./crashFault.ts";
import { dataFolderSentence, nodeFolderSentence } from "./dataFolderSentence.ts";
import { evictionFault } from "./evictionFault.ts";
import { imageFault, PULLING } from "./imageFault.ts";
import { firstSeen } from "./event.ts";
import { containerStatuses, type ContainerStatus, type Pod } from "./objects.ts";
import { preparationRemedy } from "./preparationRemedy.ts";
import { probeFault } from "./probeFault.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a fault may last which often goes away by itself. */
const GRACE = { create: 20, mount: 45 } as const;

/** Reasons of a container that waits for the steps before it, or is told of by another rule. */
const STEPS = ["ContainerCreating", "PodInitializing", "CrashLoopBackOff", ...PULLING];
/** Events about what a pod needs before its first container starts; pkg/kubelet/events/event.go. */
const PREPARING = [
  "FailedMount",
  "FailedAttachVolume",
  "FailedMapVolume",
  "FailedCreatePodSandBox",
  "FailedPodSandBoxStatus",
  "FailedCreatePodContainer",
  "FailedPrepareDynamicResources",
  "NetworkNotReady",
  "InspectFailed",
  "FailedToRetrieveImagePullSecret",
];

/** Finds what keeps a pod on its node from running, or null. */
export function podFault(snapshot: Snapshot, pod: Pod): Cause | null {
  for (const container of containerStatuses(pod)) {
    const fault =
      imageFault(snapshot, pod, container) ??
      probeFault(snapshot, pod, container) ??
      crashFault(snapshot, pod, container) ??
      creationFault(snapshot, pod, container);
    if (fault !== null) return fault;
  }
  return evictionFault(snapshot, pod) ?? preparationFault(snapshot, pod);
}

/** Finds a container that waits for something else than its turn, whatever the kubelet calls it. */
function creationFault(snapshot: Snapshot, pod: Pod, container: ContainerStatus): Cause | null {
  const { reason, message = reason } = container.state?.waiting ?? {};
  if (reason === undefined || message === undefined || STEPS.includes(reason)) return null;
  const text =
    reason === "RunContainerError"
      ? startSentence(snapshot, pod, container, message)
      : (dataFolderSentence(pod, message) ??
        `container ${container.name} of pod ${pod.metadata.name} cannot be ${reason.startsWith("Kill") ? "ended" : "started"}: ` +
          `${oneLine(message)} — ${startRemedy(message, snapshot, pod, container)}`);
  return cause(text, snapshot.secondsSince(pod.status?.startTime), GRACE.create);
}

function preparationFault(snapshot: Snapshot, pod: Pod): Cause | null {
  if (containerStatuses(pod).some(({ state }) => state?.waiting === undefined)) return null;
  const events = snapshot.eventsOf(pod.metadata, ...PREPARING);
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return null;
  const message = oneLine(last.message ?? "");
  const fault = /Mount|Volume/.test(last.reason ?? "")
    ? "cannot mount a volume"
    : "cannot be set up";
  return cause(
    nodeFolderSentence(pod, message) ??
      `pod ${pod.metadata.name} ${fault}: ${message} — ${preparationRemedy(message, snapshot, pod)}`,
    snapshot.secondsSince(firstSeen(first)),
    GRACE.mount,
  );
}
