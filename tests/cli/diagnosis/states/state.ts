import type { Event } from "../../../../cli/diagnosis/event.ts";
import type { Pod } from "../../../../cli/diagnosis/objects.ts";
import type { FederationObjects } from "../../../../cli/diagnosis/snapshot.ts";
import { ago, event, pending, pod, running } from "../../support/objects.ts";

/** A state that Kubernetes shows: the objects of a healthy federation that differ. */
export interface State {
  /** Kubernetes' own reason, and what it means where that says too little. */
  readonly name: string;
  /** Objects so many seconds after the state began. */
  readonly after: (seconds: number) => Partial<FederationObjects>;
}

export const SERVER = "flower-server-7d9-x";
export const CLIENT = "flower-client-1";
/** The pods beside a client that is not well. */
export const OTHERS = [running(SERVER), running("flower-client-0")];
/** The pods beside a server that is not well. */
export const CLIENTS = [running("flower-client-0"), running(CLIENT)];

/** Warning about a pod, repeated until now. */
export function warning(of: string, reason: string, message: string, seconds: number): Event {
  return { ...event(of, reason, message, seconds, 0), type: "Warning" };
}

/** A client that no node takes, in the scheduler's words. */
export function unscheduled(
  name: string,
  words: string,
  changes: {
    readonly spec?: Partial<Pod["spec"]>;
    readonly events?: (seconds: number) => readonly Event[];
    readonly nodes?: FederationObjects["nodes"];
  } = {},
): State {
  const after = (seconds: number): Partial<FederationObjects> => {
    const one = pending(CLIENT, words, seconds);
    const { spec, events, ...rest } = changes;
    return {
      pods: [...OTHERS, { ...one, spec: { ...one.spec, ...spec } }],
      events: events?.(seconds) ?? [],
      ...rest,
    };
  };
  return { name, after };
}

/** A client whose container waits for that reason; events tell when it began. */
export function waiting(reason: string, message: string, name = reason): State {
  const after = (seconds: number): Partial<FederationObjects> => {
    const status = { startTime: ago(seconds) };
    const container = { state: { waiting: { reason, message } } };
    const failed = warning(CLIENT, "Failed", message, seconds);
    return { pods: [...OTHERS, pod(CLIENT, container, { status })], events: [failed] };
  };
  return { name, after };
}

/** A client on its node that is not set up, by a warning about it. */
export function preparing(reason: string, message: string, name = reason): State {
  const after = (seconds: number): Partial<FederationObjects> => {
    const status = { startTime: ago(seconds) };
    const container = { state: { waiting: { reason: "ContainerCreating" } } };
    const events = [warning(CLIENT, reason, message, seconds)];
    return { pods: [...OTHERS, pod(CLIENT, container, { status })], events };
  };
  return { name, after };
}

/** A state that does not depend on its age. */
export function always(name: string, changes: Partial<FederationObjects>): State {
  return { name, after: () => changes };
}
