import { NAMES } from "../../contract/names.ts";
import type { Status } from "../../contract/status.ts";
import { condition, isServer, type Event, type Pod } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** The cause of a run's waiting. */
export interface Waiting {
  /** One line without times: it changes only when something has happened. */
  readonly text: string;
  /** Whether something is known to be under way that may take minutes, like the pull of an image. */
  readonly busy: boolean;
}

/** State of a pod that is waited for; `text` is told after the pod's name. */
interface PodState extends Waiting {
  /** Whether its container runs. */
  readonly started: boolean;
}

/** Tells what is waited for until the server answers with the wanted run. */
export function waitingForServer(snapshot: Snapshot): Waiting {
  if (snapshot.server === undefined) {
    const { namespace } = snapshot.objects;
    const text = `waiting for Deployment ${NAMES.server}: there is none in namespace ${namespace}`;
    return { text, busy: false };
  }
  const { text, busy } = serverState(snapshot);
  return { text: `waiting for the server: ${text}`, busy };
}

function serverState(snapshot: Snapshot): Waiting {
  const pod = snapshot.currentPods().find(isServer);
  if (pod !== undefined) return stateOf(snapshot, pod);
  const isEnding = snapshot.objects.pods.some(isServer);
  return idle(isEnding ? "the pod of the run before is ending" : "it has no pod yet");
}

/**
 * Tells how many clients a waiting server has, and which one is held up.
 * @param snapshot null: name no client
 */
export function waitingForClients(status: Status, snapshot: Snapshot | null): Waiting {
  const connected = status.nodes.length;
  const text = `waiting for clients: ${connected} of ${connected + status.waitingFor.length} connected`;
  const states = snapshot === null ? [] : missingClients(status, snapshot);
  const held = states.find(({ started }) => !started);
  if (held === undefined) return { text, busy: false };
  return {
    text: `${text} (${held.name}: ${held.text})`,
    busy: states.some(({ busy }) => busy),
  };
}

function missingClients(
  { waitingFor }: Status,
  snapshot: Snapshot,
): (PodState & { readonly name: string })[] {
  return snapshot
    .currentPods()
    .filter((pod) => !isServer(pod) && waitingFor.includes(partitionOf(pod)))
    .map((pod) => ({ name: pod.metadata.name, ...stateOf(snapshot, pod) }));
}

function stateOf(snapshot: Snapshot, pod: Pod): PodState {
  const { running, terminated, waiting } = pod.status?.containerStatuses?.[0]?.state ?? {};
  if (running !== undefined) return { text: "it has started", busy: false, started: true };
  if (snapshot.eventsOf(pod.metadata, "Failed").some(isPull)) {
    return idle("its image cannot be pulled yet");
  }
  const pull = snapshot.eventsOf(pod.metadata, "Pulling", "Pulled").at(-1);
  if (pull?.reason === "Pulling") {
    const image = pod.spec.containers[0]?.image ?? "its image";
    return { text: `pulling ${image}`, busy: true, started: false };
  }
  if (terminated !== undefined) return idle(`it ended with exit code ${terminated.exitCode}`);
  if (waiting?.reason !== undefined) return idle(waiting.reason);
  const isRefused = condition(pod, "PodScheduled")?.status === "False";
  return idle(isRefused ? "no node takes its pod yet" : "its pod is new");
}

function idle(text: string): PodState {
  return { text, busy: false, started: false };
}

/** The runtime gives several failures the same reason; only the message tells them apart. */
function isPull({ message = "" }: Event): boolean {
  return /pull/i.test(message);
}

/** Partition of a client, by its pod's name: `flower-client-3` has partition 3. */
function partitionOf({ metadata }: Pod): number {
  return Number(/-(\d+)$/.exec(metadata.name)?.[1] ?? -1);
}
