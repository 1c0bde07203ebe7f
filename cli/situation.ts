import { NAMES } from "../contract/names.ts";
import type { Status } from "../contract/status.ts";
import {
  condition,
  currentPods,
  eventsOf,
  isServer,
  type Event,
  type Pod,
  type Snapshot,
} from "./snapshot.ts";

/** What is being waited for, without times: it changes only when something happened. */
export interface Situation {
  readonly text: string;
  /** Something is known to be under way that may take minutes. */
  readonly busy: boolean;
}

/** The situation before there is a status of our run. */
export function beforeStatus(snapshot: Snapshot): Situation {
  const server = snapshot.deployments.find((one) => one.metadata.name === NAMES.server);
  if (server === undefined) {
    return {
      text: `waiting for Deployment ${NAMES.server}: there is none in namespace ${snapshot.namespace}`,
      busy: false,
    };
  }
  const pod = currentPods(snapshot).find(isServer);
  if (pod !== undefined) return ofPod(snapshot, pod);
  const old = snapshot.pods.some(isServer);
  return {
    text: old
      ? "waiting for the server: the pod of the run before is ending"
      : "waiting for the server: it has no pod yet",
    busy: false,
  };
}

/** The situation while the server waits for clients; `snapshot` names what holds them up. */
export function whileWaiting(status: Status, snapshot: Snapshot | null): Situation {
  const all = status.nodes.length + status.waitingFor.length;
  const text = `waiting for clients: ${String(status.nodes.length)} of ${String(all)} connected`;
  const missing =
    snapshot === null
      ? []
      : currentPods(snapshot).filter(
          (pod) => !isServer(pod) && status.waitingFor.includes(partitionOf(pod)),
        );
  const states = missing.map((pod) => ofPod(snapshot as Snapshot, pod));
  const held = states.find((state) => !state.text.endsWith(STARTED));
  return held === undefined
    ? { text, busy: false }
    : {
        text: `${text} (${held.text.replace(/^waiting for /, "")})`,
        busy: states.some((one) => one.busy),
      };
}

const STARTED = "has started";

function ofPod(snapshot: Snapshot, pod: Pod): Situation {
  const what = isServer(pod) ? "the server" : pod.metadata.name;
  const [container] = pod.status?.containerStatuses ?? [];
  const name = `waiting for ${what}:`;
  if (container?.state?.running !== undefined)
    return { text: `${name} it ${STARTED}`, busy: false };
  if (eventsOf(snapshot, pod.metadata, "Failed").some(isPull)) {
    return { text: `${name} its image cannot be pulled yet`, busy: false };
  }
  const pulling = eventsOf(snapshot, pod.metadata, "Pulling", "Pulled").at(-1);
  if (pulling?.reason === "Pulling") {
    const image = pod.spec.containers[0]?.image ?? "its image";
    return { text: `${name} pulling ${image}`, busy: true };
  }
  if (container?.state?.terminated !== undefined) {
    return {
      text: `${name} it ended with exit code ${String(container.state.terminated.exitCode)}`,
      busy: false,
    };
  }
  const reason = container?.state?.waiting?.reason;
  if (reason !== undefined) return { text: `${name} ${reason}`, busy: false };
  const scheduled = condition(pod, "PodScheduled");
  return {
    text: `${name} ${scheduled?.status === "False" ? "no node takes its pod yet" : "its pod is new"}`,
    busy: false,
  };
}

/** The runtime has one reason for several failures. */
function isPull(event: Event): boolean {
  return /pull/i.test(event.message ?? "");
}

/** `flower-client-3` is partition 3. */
function partitionOf(pod: Pod): number {
  return pod.metadata.name.startsWith(`${NAMES.client}-`)
    ? Number(pod.metadata.name.slice(NAMES.client.length + 1))
    : -1;
}
