import { ago, event, pod } from "../../support/objects.ts";
import { CLIENT, CLIENTS, OTHERS, SERVER, warning, type State } from "./state.ts";

/** Why a container runs and its pod is not ready: a condition. */
function conditioned(type: string, status: string, reason: string, message: string): State {
  const after = (seconds: number) => {
    const conditions = [{ type, status, reason, message, lastTransitionTime: ago(seconds) }];
    const one = pod(
      CLIENT,
      { state: { running: {} } },
      { status: { phase: "Running", conditions } },
    );
    return { pods: [...OTHERS, one] };
  };
  return { name: `${type} ${status}: ${reason}`, after };
}

/** A client that should have ended. */
function ending(name: string, metadata: object, message?: string, reason = "FailedKillPod"): State {
  const after = (seconds: number) => {
    const ends = { deletionTimestamp: ago(seconds), ...metadata };
    const events = message === undefined ? [] : [event(CLIENT, reason, message, seconds, 0)];
    return {
      pods: [...OTHERS, pod(CLIENT, {}, { status: { phase: "Running" }, metadata: ends })],
      events,
    };
  };
  return { name, after };
}

function unready(name: string, reason: string, message: string, changes: object): State {
  const after = (seconds: number) => ({
    nodes: [
      {
        metadata: { name: "node-1" },
        status: {
          conditions: [
            {
              type: "Ready",
              status: "False",
              reason,
              message,
              lastTransitionTime: ago(seconds),
              ...changes,
            },
          ],
        },
      },
    ],
  });
  return { name, after };
}

/** States of pods that run, of pods that end, and of their nodes. */
export const LATER: readonly State[] = [
  conditioned(
    "Ready",
    "False",
    "ReadinessGatesNotReady",
    'corresponding condition of pod readiness gate "example.org/ready" does not exist.',
  ),
  conditioned(
    "PodResizePending",
    "True",
    "Infeasible",
    "Node didn't have enough capacity: memory, requested: 9, capacity: 1",
  ),
  conditioned("PodResizeInProgress", "True", "Error", "cannot decrease memory limits"),
  conditioned(
    "DisruptionTarget",
    "True",
    "PreemptionByScheduler",
    "default-scheduler: preempting to accommodate a higher priority pod",
  ),
  conditioned(
    "DisruptionTarget",
    "True",
    "DeletionByTaintManager",
    "Taint manager: deleting due to NoExecute taint",
  ),
  ending(
    "FailedKillPod",
    {},
    'error killing pod: failed to "KillPodSandbox" for "1" with KillPodSandboxError: cni plugin not initialized',
  ),
  ending(
    "ExceededGracePeriod",
    {},
    "Container runtime did not kill the pod within specified grace period.",
    "ExceededGracePeriod",
  ),
  ending("a pod that does not end", {}),
  ending("a finalizer that keeps a pod", { finalizers: ["example.org/held"] }),
  unready(
    "KubeletNotReady",
    "KubeletNotReady",
    "container runtime network not ready: cni config uninitialized",
    {},
  ),
  unready("NodeStatusUnknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", {
    status: "Unknown",
  }),
  {
    name: "a node that is gone",
    after: (seconds) => ({
      pods: [
        ...OTHERS,
        pod(
          CLIENT,
          { state: { running: {} } },
          { node: "node-2", status: { phase: "Running", startTime: ago(seconds) } },
        ),
      ],
    }),
  },
  {
    name: "NodeNotReady, to one who may not list nodes",
    after: (seconds) => ({
      nodes: null,
      pods: [
        ...CLIENTS,
        pod(
          SERVER,
          { state: { running: {} } },
          { status: { phase: "Running", startTime: ago(99) } },
        ),
      ],
      events: [warning(SERVER, "NodeNotReady", "Node is not ready", seconds)],
    }),
  },
];
