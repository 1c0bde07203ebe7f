import { oneLine } from "../kube/oneLine.ts";
import { evictionFault } from "./evictionFault.ts";
import type { Finding } from "./finding.ts";
import {
  eventsOf,
  firstSeen,
  isServer,
  secondsSince,
  type ContainerStatus,
  type Pod,
  type Snapshot,
  type Terminated,
} from "./snapshot.ts";
import { lastLine } from "./text.ts";

/** Seconds a fault may last that often goes away by itself. */
const GRACE = { pull: 60, refusedPull: 8, create: 20, mount: 45 } as const;

/**
 * ENOMEM: the exit code by which a container's first process says so of the one that it watches. The
 * kubelet knows of a kill only when the kernel has counted it for the container, and not for its pod.
 */
const OUT_OF_MEMORY = 12;

const PULLING = ["ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName"];
const CREATING = ["CreateContainerConfigError", "CreateContainerError", "RunContainerError"];
/** A registry's answers that the same question always gets. */
const REFUSED = /not ?found|manifest unknown|unauthorized|denied|forbidden|invalid|never/i;

/** What keeps a scheduled pod from running, or null. Transient states have a grace period. */
export function podFault(snapshot: Snapshot, pod: Pod): Finding | null {
  for (const container of pod.status?.containerStatuses ?? []) {
    const sentence =
      imageFault(snapshot, pod, container) ??
      memoryFault(pod, container) ??
      crashFault(snapshot, pod, container) ??
      creationFault(snapshot, pod, container);
    if (sentence !== null) return { sentence, pod: pod.metadata.name };
  }
  const sentence = evictionFault(snapshot, pod) ?? mountFault(snapshot, pod);
  return sentence === null ? null : { sentence, pod: pod.metadata.name };
}

function imageFault(snapshot: Snapshot, pod: Pod, container: ContainerStatus): string | null {
  const waiting = container.state?.waiting;
  if (!PULLING.includes(waiting?.reason ?? "")) return null;
  const failures = eventsOf(snapshot, pod.metadata, "Failed", "ErrImageNeverPull");
  const first = failures[0] === undefined ? pod.status?.startTime : firstSeen(failures[0]);
  // In back-off the container's own message is often only "Back-off pulling image".
  const said = [waiting?.message, ...failures.map((event) => event.message)].filter(
    (message) =>
      message !== undefined && !/^(Back-off pulling image "[^"]*"|Error: \w+)$/.test(message),
  );
  const why = said.at(0) ?? waiting?.reason ?? "";
  const refused = REFUSED.test(`${waiting?.reason ?? ""} ${why}`);
  if (secondsSince(snapshot, first) < (refused ? GRACE.refusedPull : GRACE.pull)) return null;
  const image = specOf(pod, container)?.image ?? container.image ?? "?";
  return (
    `image ${image} cannot be pulled (pod ${pod.metadata.name}): ${pullReason(why, image)} — ` +
    `the cluster's nodes must be able to pull it — push it, or name another: pulumi config set image <name>@sha256:<digest>, or pulumi config set registry <host>`
  );
}

/** The end of the runtime's chain of errors, without the image's name that each of them repeats. */
function pullReason(message: string, image: string): string {
  const parts = oneLine(message)
    .split(/: (?=[^/])/)
    .filter((part) => !part.includes(image) && !/^(ErrImagePull|rpc error)$/.test(part));
  return parts.slice(-2).join(": ") || oneLine(message);
}

function memoryFault(pod: Pod, container: ContainerStatus): string | null {
  const ended = loopOf(container);
  if (ended?.reason !== "OOMKilled" && ended?.exitCode !== OUT_OF_MEMORY) return null;
  const limit = specOf(pod, container)?.resources?.limits?.memory ?? "?";
  const key = isServer(pod) ? "serverResources" : "clientResources";
  return (
    `pod ${pod.metadata.name} was killed ${times(container)} as it needs more memory than ` +
    `its limit ${limit} — raise it: pulumi config set --path ${key}.memory ${twice(limit)}`
  );
}

/**
 * The last end of a container that ends again and again, or undefined. Two restarts are let pass,
 * and a first one after a long time of running: its back-off is the shortest.
 */
function loopOf(container: ContainerStatus): Terminated | undefined {
  const waiting = container.state?.waiting;
  if (waiting?.reason !== "CrashLoopBackOff" || container.restartCount < 2) return undefined;
  if (/back-off 10s /.test(waiting.message ?? "")) return undefined;
  return container.lastState?.terminated;
}

function times(container: ContainerStatus): string {
  return `${String(container.restartCount + 1)} times`;
}

/** Twice a quantity of memory, like `1536Mi`. */
function twice(limit: string): string {
  const [, number, unit] = /^(\d+)(\D*)$/.exec(limit) ?? [];
  return number === undefined ? "2Gi" : `${String(Number(number) * 2)}${unit ?? ""}`;
}

function crashFault(snapshot: Snapshot, pod: Pod, container: ContainerStatus): string | null {
  const ended = loopOf(container);
  if (ended === undefined) return null;
  const said = lastLine(ended.message);
  return (
    `container ${container.name} of pod ${pod.metadata.name} ended ${times(container)} ` +
    `with exit code ${String(ended.exitCode)}${said === "" ? "" : `: ${said}`} — see its log: ` +
    `kubectl -n ${snapshot.namespace} logs ${pod.metadata.name} --previous`
  );
}

function creationFault(snapshot: Snapshot, pod: Pod, container: ContainerStatus): string | null {
  const waiting = container.state?.waiting;
  if (!CREATING.includes(waiting?.reason ?? "")) return null;
  if (secondsSince(snapshot, pod.status?.startTime) < GRACE.create) return null;
  return (
    `container ${container.name} of pod ${pod.metadata.name} cannot be started: ` +
    `${oneLine(waiting?.message ?? waiting?.reason ?? "")} — see: ` +
    `kubectl -n ${snapshot.namespace} describe pod ${pod.metadata.name}`
  );
}

function mountFault(snapshot: Snapshot, pod: Pod): string | null {
  const running = pod.status?.containerStatuses?.some((one) => one.state?.waiting === undefined);
  if (running === true) return null;
  const reasons = ["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"];
  const events = eventsOf(snapshot, pod.metadata, ...reasons);
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return null;
  const lasts = secondsSince(snapshot, firstSeen(first)) >= GRACE.mount;
  if (!lasts) return null;
  const what =
    last.reason === "FailedCreatePodSandBox" ? "cannot be set up" : "cannot mount a volume";
  return (
    `pod ${pod.metadata.name} ${what}: ${oneLine(last.message ?? "")} — see: ` +
    `kubectl -n ${snapshot.namespace} describe pod ${pod.metadata.name}`
  );
}

function specOf(
  pod: Pod,
  container: ContainerStatus,
): Pod["spec"]["containers"][number] | undefined {
  return pod.spec.containers.find((one) => one.name === container.name);
}
