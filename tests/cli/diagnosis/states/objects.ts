import type { Service, Workload } from "../../../../cli/diagnosis/objects.ts";
import type { FederationObjects } from "../../../../cli/diagnosis/snapshot.ts";
import { ago, deployment, pod, running, statefulSet } from "../../support/objects.ts";
import { always, CLIENT, CLIENTS, SERVER, warning, type State } from "./state.ts";

/** A workload of which its controller warns. */
function warned(name: string, of: string, reason: string, message: string): State {
  const after = (seconds: number) => ({
    pods: CLIENTS,
    events: [{ ...warning(of, reason, message, seconds), involvedObject: { name: of } }],
  });
  return { name, after };
}

const server = deployment(2, 2);

/** The server's Service after somebody has changed it. */
function service(spec: Service["spec"] & object): Service {
  return { metadata: { name: "service-server" }, spec };
}

/** Clients of an older template, and a StatefulSet that leaves them so. */
function keeping(updateStrategy: Workload["spec"]["updateStrategy"] & object) {
  const one = statefulSet(2);
  const older = CLIENTS.map((client) => ({
    ...client,
    metadata: {
      ...client.metadata,
      labels: { ...client.metadata.labels, "controller-revision-hash": "older" },
    },
  }));
  return {
    pods: [...older, running(SERVER)],
    statefulSets: [
      {
        ...one,
        spec: { ...one.spec, updateStrategy },
        status: { ...one.status, updateRevision: "newer" },
      },
    ],
  };
}

/** States of the other objects of a federation, and of its namespace. */
export const OBJECTS: readonly State[] = [
  always("a server that is scaled to 0", {
    deployments: [{ ...server, spec: { ...server.spec, replicas: 0 } }],
    pods: CLIENTS,
  }),
  always("a Deployment that is paused", {
    deployments: [{ ...server, spec: { ...server.spec, paused: true } }],
  }),
  always("clients that are scaled to 0", {
    statefulSets: [statefulSet(0)],
    pods: [running(SERVER)],
  }),
  always("a StatefulSet that is gone", { statefulSets: [], pods: [running(SERVER)] }),
  always("the Service that is gone", { services: [] }),
  always("a Service with another selector", {
    services: [service({ selector: { app: "other" } })],
  }),
  always("a Service that leads to another port", {
    services: [service({ ports: [{ port: 30051, targetPort: 9999 }] })],
  }),
  always("a Service without its port", {
    services: [service({ ports: [{ port: 30052, targetPort: "stream" }] })],
  }),
  always("a StatefulSet that keeps the older template: OnDelete", keeping({ type: "OnDelete" })),
  always(
    "a StatefulSet that keeps the older template: partition",
    keeping({ type: "RollingUpdate", rollingUpdate: { partition: 2 } }),
  ),
  always("more clients than the run has", {
    deployments: [deployment(1, 1)],
    statefulSets: [statefulSet(3)],
    pods: [...CLIENTS, running("flower-client-2"), running(SERVER)],
  }),
  always("the clients' NetworkPolicy that lets nothing out", {
    policies: [
      { metadata: { name: "closed" }, spec: { podSelector: {} } },
      ...["flower-server", "flower-client"].map((app) => ({
        metadata: { name: app },
        spec: {
          podSelector: { matchLabels: { app } },
          ...(app === "flower-server" ? { ingress: [{}] } : {}),
        },
      })),
    ],
  }),
  always("the server's NetworkPolicy that is gone", {
    policies: [{ metadata: { name: "closed" }, spec: { podSelector: {} } }],
  }),
  warned(
    "ReplicaSetCreateError",
    "flower-server",
    "ReplicaSetCreateError",
    'Failed to create new replica set "flower-server-7d9": replicasets.apps "flower-server-7d9" is forbidden: exceeded quota: count, requested: count/replicasets.apps=1, used: count/replicasets.apps=2, limited: count/replicasets.apps=2',
  ),
  warned(
    "FailedDelete",
    "flower-client",
    "FailedDelete",
    'delete Pod flower-client-1 in StatefulSet flower-client failed error: admission webhook "guard.example.org" denied the request',
  ),
  warned(
    "FailedUpdate",
    "flower-client",
    "FailedUpdate",
    "update Pod flower-client-1 in StatefulSet flower-client failed error: conflict",
  ),
  warned(
    "ConflictingController",
    "flower-client",
    "ConflictingController",
    "StatefulSet flower-client and ReplicaSet other both want pod flower-client-1",
  ),
  warned(
    "SelectingAll",
    "flower-server",
    "SelectingAll",
    "This deployment is selecting all pods. A non-empty selector is required.",
  ),
  {
    name: "a change that no controller has looked at",
    after: (seconds) => {
      const set = statefulSet(2);
      const managedFields = [{ time: ago(seconds) }];
      return {
        statefulSets: [{ ...set, metadata: { ...set.metadata, generation: 2, managedFields } }],
      };
    },
  },
  {
    name: "NamespaceDeletionContentFailure",
    after: () => ({
      home: {
        metadata: { name: "kubeflower", deletionTimestamp: ago(1) },
        status: {
          conditions: [
            {
              type: "NamespaceFinalizersRemaining",
              status: "True",
              message:
                "Some content in the namespace has finalizers remaining: example.org/held in 1 resource instances",
            },
          ],
        },
      },
    }),
  },
  {
    name: "a client that does not reach the server",
    after: (seconds) =>
      connected(
        "UNAVAILABLE: failed to connect to all addresses; last error: connection refused",
        seconds,
      ),
  },
  {
    name: "a client whose keys the server does not know",
    after: (seconds) =>
      connected("UNAUTHENTICATED: the token's key is not one of the cluster's", seconds),
  },
];

function connected(said: string, seconds: number): Partial<FederationObjects> {
  const since = (status: string, age: number) => [
    { type: "Ready", status, lastTransitionTime: ago(age) },
  ];
  const up = pod(
    SERVER,
    { state: { running: {} } },
    { status: { phase: "Running", conditions: since("True", 999) } },
  );
  const status = { phase: "Running", conditions: since("False", seconds) };
  const client = pod(CLIENT, { state: { running: {} } }, { status });
  return { pods: [up, running("flower-client-0"), client], complaints: { [CLIENT]: said } };
}
