import { diagnose } from "../../../cli/diagnosis/diagnose.ts";
import type { Event } from "../../../cli/diagnosis/event.ts";
import type { Claim, Pod, Workload } from "../../../cli/diagnosis/objects.ts";
import { Snapshot, type FederationObjects } from "../../../cli/diagnosis/snapshot.ts";
import { ENGINE } from "../../../contract/variables.ts";
import { NEEDED } from "../../../settings/table.ts";

/** Time at which all tests take place, in milliseconds since 1970. */
export const NOW = Date.parse("2026-11-25T12:00:00Z");

/** Timestamp of a moment before NOW, by the seconds between. */
export function ago(seconds: number): string {
  return new Date(NOW - seconds * 1000).toISOString();
}

type Status = NonNullable<Pod["status"]>;
type ContainerStatus = NonNullable<Status["containerStatuses"]>[number];

/** Pod of the federation on a node; tests vary the status of its container. */
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
          env: key === "server" ? [{ name: ENGINE.run, value: "run1" }] : [],
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

/** Pod whose container runs. */
export function running(name: string): Pod {
  return pod(name, { state: { running: {} } }, { status: { phase: "Running" } });
}

/** Pod that no node has taken for that many seconds. */
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

/** Event about an object that was made by the functions here; `first` and `last` are seconds ago. */
export function event(of: string, reason: string, message: string, first = 60, last = 5): Event {
  return {
    involvedObject: { name: of, uid: `uid-${of}` },
    reason,
    message,
    firstTimestamp: ago(first),
    lastTimestamp: ago(last),
  };
}

/** PVC of the server that has not been bound for that many seconds. */
export function claim(storageClassName: string | undefined, seconds: number): Claim {
  return {
    metadata: { name: "flower-server", uid: "uid-flower-server", creationTimestamp: ago(seconds) },
    spec: storageClassName === undefined ? {} : { storageClassName },
    status: { phase: "Pending" },
  };
}

/** Deployment of a run that needs `min` clients to start and `replies` in each round. */
export function deployment(min: number, replies: number): Workload {
  const spec = { [NEEDED.start]: min, [NEEDED.round]: replies, replicas: min + 1 };
  const env = [{ name: ENGINE.runSpec, value: JSON.stringify(spec) }];
  return {
    metadata: { name: "flower-server", uid: "uid-deployment" },
    spec: { replicas: 1, template: { spec: { containers: [{ name: "server", env }] } } },
  };
}

/** StatefulSet of the clients. */
export function statefulSet(replicas: number, present = replicas): Workload {
  return {
    metadata: { name: "flower-client", uid: "uid-flower-client", generation: 1 },
    spec: { replicas },
    status: { observedGeneration: 1, replicas: present },
  };
}

/** ReplicaSet of the server. */
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

/** Healthy federation of one server and two clients, apart from `changes`. */
export function snapshot(changes: Partial<FederationObjects> = {}): Snapshot {
  return new Snapshot({
    namespace: "kubeflower",
    home: { metadata: { name: "kubeflower" } },
    services: [{ metadata: { name: "service-server" } }],
    policies: [],
    complaints: {},
    run: "run1",
    now: NOW,
    pods: [running("flower-server-7d9-x"), running("flower-client-0"), running("flower-client-1")],
    events: [],
    claims: [],
    dataClaims: [],
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
  });
}

/** Pod whose container ends repeatedly. */
export function crashing(name: string, restarts: number, ended: object, backOff = "40s"): Pod {
  return pod(name, {
    restartCount: restarts,
    state: {
      waiting: {
        reason: "CrashLoopBackOff",
        message: `back-off ${backOff} restarting failed container`,
      },
    },
    lastState: { terminated: { exitCode: 1, ...ended } },
  });
}

/** Cause that an update ends with in the healthy federation with `changes`; null when none lasts. */
export function cause(changes: Partial<FederationObjects>, running = false): string | null {
  const found = diagnose(snapshot(changes), running);
  return found?.lasts === true ? found.text : null;
}

/** Cause that is told of the healthy federation with `changes`, whether it lasts or not. */
export function told(changes: Partial<FederationObjects>, running = false): string | null {
  return diagnose(snapshot(changes), running)?.text ?? null;
}
