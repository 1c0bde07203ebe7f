import { ago, claim, event, pod, replicaSet, snapshot } from "../../support/objects.ts";
import { always, CLIENT, OTHERS, warning, type State } from "./state.ts";

/** Steps on the way of healthy pods, of which nothing is told. */
export const STEPS: readonly State[] = [
  always("a healthy federation", {}),
  {
    name: "ContainerCreating",
    after: (seconds) => ({
      pods: [
        ...OTHERS,
        pod(
          CLIENT,
          { state: { waiting: { reason: "ContainerCreating" } } },
          { status: { startTime: ago(seconds) } },
        ),
      ],
    }),
  },
  {
    name: "PodInitializing",
    after: (seconds) => ({
      pods: [
        ...OTHERS,
        pod(
          CLIENT,
          { state: { waiting: { reason: "PodInitializing" } } },
          { status: { startTime: ago(seconds) } },
        ),
      ],
    }),
  },
  {
    name: "Pulling",
    after: (seconds) => ({
      pods: [...OTHERS, pod(CLIENT, { state: { waiting: { reason: "ContainerCreating" } } })],
      events: [event(CLIENT, "Pulling", "Pulling image", seconds, seconds)],
    }),
  },
  {
    name: "Pulling, in the second in which the scheduler chose a node",
    after: (seconds) => ({
      pods: [
        ...OTHERS,
        pod(
          CLIENT,
          { state: { waiting: { reason: "ContainerCreating" } } },
          {
            status: {
              startTime: ago(seconds),
              conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(seconds) }],
            },
          },
        ),
      ],
      events: [
        event(CLIENT, "Scheduled", "Successfully assigned", seconds - 0.9, seconds - 0.9),
        event(CLIENT, "Pulling", "Pulling image", seconds, seconds),
      ],
    }),
  },
  {
    name: "WaitForFirstConsumer",
    after: (seconds) => ({
      claims: [claim("slow", seconds)],
      events: [
        event(
          "flower-server",
          "WaitForFirstConsumer",
          "waiting for first consumer to be created before binding",
          seconds,
        ),
      ],
    }),
  },
  {
    name: "a client that joins",
    after: () => ({
      pods: [
        ...OTHERS,
        pod(
          CLIENT,
          { state: { running: {} } },
          { status: { phase: "Running", startTime: ago(5) } },
        ),
      ],
      events: [
        warning(
          CLIENT,
          "Unhealthy",
          "Readiness probe failed: HTTP probe failed with statuscode: 503",
          5,
        ),
      ],
    }),
  },
  {
    name: "a pod that ends in time",
    after: () => ({
      pods: [
        ...snapshot().objects.pods,
        pod("flower-server-7d8-y", {}, { metadata: { deletionTimestamp: ago(-9) } }),
      ],
    }),
  },
  { name: "a new ReplicaSet", after: () => ({ replicaSets: [replicaSet(0)] }) },
];
