import { ago, claim, event, pod } from "../../support/objects.ts";
import { CLIENT, CLIENTS, OTHERS, SERVER, warning, type State } from "./state.ts";

const READY = { type: "Ready", status: "True", lastTransitionTime: ago(999) };
const server = pod(SERVER, { state: { running: {} } }, { status: { conditions: [READY] } });

/** A pod on its node that is not ready, without a word of Kubernetes. */
function unready(name: string, of: string, status: (seconds: number) => object): State {
  const after = (seconds: number) => {
    const since = ago(seconds);
    const conditions = [
      { type: "Ready", status: "False", reason: "ContainersNotReady", lastTransitionTime: since },
    ];
    const changes = { startTime: since, conditions, ...status(seconds) };
    const one = pod(of, {}, { status: changes });
    return { pods: of === SERVER ? [...CLIENTS, one] : [server, ...OTHERS.slice(1), one] };
  };
  return { name, after };
}

function statuses(name: string, state: object, rest: object = {}) {
  return [{ name, restartCount: 0, state, ...rest }];
}

const creating = statuses("client", { waiting: { reason: "ContainerCreating" } });

/** Client whose pods the StatefulSet makes again and again: only events are left. */
const refusedAgain: State = {
  name: "SysctlForbidden: a client, again and again",
  after: (seconds) => ({
    pods: OTHERS,
    events: [seconds, seconds / 2, 0].map((age, number) => ({
      ...warning(CLIENT, "SysctlForbidden", 'forbidden sysctl: "net.core.somaxconn"', age),
      source: { host: "node-1" },
      involvedObject: { kind: "Pod", name: CLIENT, uid: `uid-${String(number)}` },
    })),
  }),
};

/** Claim with a client's data: its pod has a node and waits for the volume there. */
const dataClaim: State = {
  name: "ExternalProvisioning: a client's data",
  after: (seconds) => {
    const metadata = {
      name: "scans",
      uid: "uid-scans",
      creationTimestamp: ago(seconds),
      annotations: { "volume.kubernetes.io/selected-node": "node-1" },
    };
    const one = pod(CLIENT, {}, { metadata: { creationTimestamp: ago(seconds) } });
    const volumes = [{ persistentVolumeClaim: { claimName: "scans" } }];
    const { containers } = one.spec;
    return {
      pods: [...OTHERS, { ...one, status: {}, spec: { containers, volumes } }],
      dataClaims: [{ ...claim("lazy", seconds), metadata }],
      events: [
        event("scans", "ExternalProvisioning", "Waiting for a volume to be created", seconds, 0),
      ],
    };
  },
};

/** Container that its probe ends; it runs again until the next end. */
const probed: State = {
  name: "Killing: liveness",
  after: (seconds) => ({
    pods: [...CLIENTS, pod(SERVER, { restartCount: 1, state: { running: {} } })],
    events: [
      warning(SERVER, "Unhealthy", "Liveness probe failed: no answer", seconds),
      event(SERVER, "Killing", "Container server failed liveness probe, will be restarted", 0, 0),
    ],
  }),
};

/** States of which no event tells: it was dropped, is older than an hour, or there is none. */
export const UNREADY: readonly State[] = [
  unready("a node that has not begun", CLIENT, (seconds) => ({
    startTime: undefined,
    containerStatuses: [],
    conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: ago(seconds) }],
  })),
  unready("ContainerCreating, without an event", CLIENT, () => ({ containerStatuses: creating })),
  unready("an init container that does not end", CLIENT, (seconds) => ({
    containerStatuses: statuses("client", { waiting: { reason: "PodInitializing" } }),
    initContainerStatuses: statuses("prepare", { running: { startedAt: ago(seconds) } }),
  })),
  unready("a server's program that does not answer", SERVER, (seconds) => ({
    phase: "Running",
    containerStatuses: statuses("server", { running: { startedAt: ago(seconds) } }),
  })),
  unready("a client's program that does not connect", CLIENT, (seconds) => ({
    phase: "Running",
    containerStatuses: statuses("client", { running: { startedAt: ago(seconds) } }),
  })),
  unready("a container beside it that is not ready", CLIENT, (seconds) => ({
    phase: "Running",
    containerStatuses: [
      ...statuses("client", { running: { startedAt: ago(seconds) } }, { ready: true }),
      ...statuses("side", { running: { startedAt: ago(seconds) } }, { ready: false }),
    ],
  })),
  probed,
  refusedAgain,
  dataClaim,
];
