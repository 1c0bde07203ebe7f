import { NAMES } from "../../contract/names.ts";
import type { Status } from "../../contract/status.ts";
import type { Event } from "./event.ts";
import { condition, engineStatus, isServer, type Pod } from "./objects.ts";
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

const STARTED: PodState = { text: "it has started", busy: false, started: true };
/** Clients that a line names. */
const MOST_NAMED = 3;

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

/** Counts the pods that are ready, of all that the stack declares. */
export function podsReady(snapshot: Snapshot): string {
  const ready = snapshot.currentPods().filter((pod) => condition(pod, "Ready")?.status === "True");
  return `pods: ${ready.length} of ${1 + snapshot.replicas} ready`;
}

/**
 * Tells which clients a waiting server has not, those that are held up first, and by what.
 * @param snapshot null: tell nothing of pods
 */
export function waitingForClients(
  { nodes, waitingFor }: Pick<Status, "nodes" | "waitingFor">,
  snapshot: Snapshot | null,
): Waiting {
  const states = waitingFor.map((partition) => ({
    partition,
    ...(snapshot === null ? STARTED : clientState(partition, snapshot)),
  }));
  const named = [false, true]
    .flatMap((started) => states.filter((state) => state.started === started))
    .slice(0, MOST_NAMED)
    .map(({ partition, started, text }) => `client ${partition}${started ? "" : ` (${text})`}`);
  const more = states.length - named.length;
  const all = [...named, ...(more > 0 ? [`${more} more`] : [])];
  return {
    text: `waiting for ${states.length} of ${nodes.length + states.length} clients: ${all.join(", ")}`,
    busy: states.some(({ busy }) => busy),
  };
}

function clientState(partition: number, snapshot: Snapshot): PodState {
  const name = `${NAMES.client}-${partition}`;
  const pod = snapshot.currentPods().find(({ metadata }) => metadata.name === name);
  return pod === undefined ? idle("it has no pod yet") : stateOf(snapshot, pod);
}

function stateOf(snapshot: Snapshot, pod: Pod): PodState {
  const { running, terminated, waiting } = engineStatus(pod)?.state ?? {};
  if (running !== undefined) return STARTED;
  if (snapshot.eventsOf(pod.metadata, "Failed").some(isPull)) {
    return idle("its image cannot be pulled yet");
  }
  const pull = snapshot.eventsOf(pod.metadata, "Pulling", "Pulled").at(-1);
  if (pull?.reason === "Pulling") {
    const image = pod.spec.containers[0]?.image ?? "its image";
    const node = pod.spec.nodeName === undefined ? "" : ` on node ${pod.spec.nodeName}`;
    return { text: `pulling ${image}${node}`, busy: true, started: false };
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
