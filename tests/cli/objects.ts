import { diagnose } from "../../cli/diagnosis.ts";
import type { Claim, Event, Pod, Snapshot, Workload } from "../../cli/snapshot.ts";

/** The moment of all tests. */
export const NOW = Date.parse("2026-11-25T12:00:00Z");

/** A timestamp so many seconds before NOW. */
export function ago(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString();
}

type Status = NonNullable<Pod["status"]>;
type ContainerStatus = NonNullable<Status["containerStatuses"]>[number];

/** A scheduled pod of the federation; `state` of its container is what a test is about. */
export function pod(
  name: string,
  container: Partial<ContainerStatus> = {},
  rest: {
    readonly status?: Partial<Status>;
    readonly metadata?: object;
    readonly node?: string;
  } = {},
): Pod {
  const app = name.startsWith("flower-server") ? "flower-server" : "flower-client";
  const key = app === "flower-server" ? "server" : "client";
  return {
    metadata: { name, uid: `uid-${name}`, labels: { app }, ...rest.metadata },
    spec: {
      nodeName: rest.node ?? "node-1",
      containers: [
        {
          name: key,
          image: "localhost:5555/kubeflower:abc",
          resources: { limits: { memory: "768Mi", "ephemeral-storage": "4Gi" } },
          ...(key === "server" ? { env: [{ name: "KUBEFLOWER_RUN", value: "run1" }] } : {}),
        },
      ],
    },
    status: {
      phase: "Pending",
      startTime: ago(30),
      containerStatuses: [{ name: key, restartCount: 0, ...container }],
      ...rest.status,
    },
  };
}

/** A pod whose container runs. */
export function running(name: string): Pod {
  return pod(name, { ready: true, state: { running: {} } }, { status: { phase: "Running" } });
}

/** A pod that no node has taken for so many seconds. */
export function pending(name: string, message: string, seconds: number): Pod {
  const one = pod(
    name,
    {},
    {
      status: {
        containerStatuses: [],
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message,
            lastTransitionTime: ago(seconds),
          },
        ],
      },
    },
  );
  return { ...one, spec: { containers: one.spec.containers } };
}

/** An event of an object that was made by the functions here. */
export function event(of: string, reason: string, message: string, first = 60, last = 5): Event {
  return {
    involvedObject: { name: of, uid: `uid-${of}` },
    reason,
    message,
    firstTimestamp: ago(first),
    lastTimestamp: ago(last),
  };
}

/** The server's PVC, not bound for so many seconds. */
export function claim(storageClassName: string | undefined, seconds: number): Claim {
  return {
    metadata: { name: "flower-server", uid: "uid-flower-server", creationTimestamp: ago(seconds) },
    spec: storageClassName === undefined ? {} : { storageClassName },
    status: { phase: "Pending" },
  };
}

/** The Deployment of a run that needs `min` clients to start and `quorum` replies a round. */
export function deployment(min: number, quorum: number): Workload {
  const env = [{ name: "KUBEFLOWER_RUN_SPEC", value: JSON.stringify({ min, quorum }) }];
  return {
    metadata: { name: "flower-server", uid: "uid-deployment" },
    spec: { replicas: 1, template: { spec: { containers: [{ name: "server", env }] } } },
  };
}

/** The clients' StatefulSet. */
export function statefulSet(replicas: number, present = replicas): Workload {
  return {
    metadata: { name: "flower-client", uid: "uid-flower-client", generation: 1 },
    spec: { replicas },
    status: { observedGeneration: 1, replicas: present },
  };
}

/** The server's ReplicaSet. */
export function replicaSet(present: number): Workload {
  return {
    metadata: {
      name: "flower-server-7d9",
      uid: "uid-flower-server-7d9",
      ownerReferences: [{ uid: "uid-deployment" }],
    },
    spec: { replicas: 1 },
    status: { replicas: present },
  };
}

/** A federation of one server and two clients in which all is well, but for `changes`. */
export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    namespace: "kubeflower",
    run: "run1",
    now: NOW,
    pods: [running("flower-server-7d9-x"), running("flower-client-0"), running("flower-client-1")],
    events: [],
    claims: [],
    deployments: [deployment(2, 2)],
    replicaSets: [replicaSet(1)],
    statefulSets: [statefulSet(2)],
    nodes: [
      {
        metadata: { name: "node-1" },
        status: { conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(999) }] },
      },
    ],
    storageClasses: [
      {
        metadata: {
          name: "standard",
          annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
        },
        provisioner: "kubeflower.local/directory",
      },
      { metadata: { name: "slow" }, provisioner: "example.org/slow" },
    ],
    ...changes,
  };
}

/** A pod whose container ends again and again. */
export function crashing(name: string, restarts: number, ended: object, backOff = "40s"): Pod {
  return pod(name, {
    restartCount: restarts,
    state: {
      waiting: {
        reason: "CrashLoopBackOff",
        message: `back-off ${backOff} restarting failed container`,
      },
    },
    lastState: { terminated: { exitCode: 1, finishedAt: ago(3), ...ended } },
  });
}

/** The sentence of the diagnosis, or undefined. */
export function sentence(changes: Partial<Snapshot>, runs = false): string | undefined {
  return diagnose(snapshot(changes), runs)?.sentence;
}
