import { Snapshot, type FederationObjects } from "../../../cli/diagnosis/snapshot.ts";
import { Follower } from "../../../cli/follower.ts";
import type { FollowRequest } from "../../../cli/followRequest.ts";
import type { Actions } from "../../../cli/world.ts";
import { parseStatus, type Round, type RunResult, type Status } from "../../../contract/status.ts";

const REQUEST: FollowRequest = {
  context: "local",
  namespace: "kubeflower",
  run: "ab12",
  timeout: 3600,
  wait: true,
};

const EMPTY: Omit<FederationObjects, "now"> = {
  namespace: "kubeflower",
  home: null,
  services: null,
  policies: null,
  complaints: {},
  pods: [],
  events: [],
  claims: [],
  dataClaims: [],
  deployments: [],
  replicaSets: [],
  statefulSets: [],
  nodes: [],
  storageClasses: [],
};

/** Status of a run of two rounds that waits for two clients. */
export const waiting = parseStatus(
  '{"run":"ab12","state":"waiting","rounds":2,"waitingFor":[0,1]}',
);

/** Status of the same run after a number of rounds. */
export function after(rounds: number, state: Status["state"] = "running"): Status {
  const history = Array.from({ length: rounds }, (_, k) => round(k + 1));
  return { ...waiting, state, waitingFor: [], history };
}

function round(number: number): Round {
  return {
    round: number,
    seconds: 1,
    loss: 0.5,
    accuracy: 0.5,
    replies: [0, 1],
    failures: [],
    clients: {},
  };
}

/** PVC of a StorageClass that does not exist. */
export const stuckClaim = {
  metadata: { name: "flower-server", uid: "1", creationTimestamp: "1970-01-01T00:00:00Z" },
  spec: { storageClassName: "fast" },
  status: { phase: "Pending" },
};

/** Options of `follow`. */
interface Options extends Partial<FollowRequest> {
  /** Objects of the federation; none by default. */
  readonly objects?: Partial<FederationObjects>;
  /** Ask for the outcome, not for the result; false by default. */
  readonly outcome?: boolean;
  /** Follow without the right to change anything; false by default. */
  readonly onlyLooks?: boolean;
}

/** Traces that a follower left in its world, and how it ended. */
export interface Followed {
  /** Printed lines. */
  readonly lines: string[];
  /** Names of deleted pods. */
  readonly deleted: string[];
  /** Seconds at which the server was restarted. */
  readonly restarts: number[];
  /** Seconds at which the server was given keys. */
  readonly keys: number[];
  /** Seconds that have passed. */
  readonly seconds: () => number;
  readonly result: Promise<RunResult>;
}

/**
 * Follows a run in a world whose clock moves only by sleeping.
 * @param at status at a time in seconds; may throw, and the API server then does not answer either
 */
export function follow(at: (seconds: number) => Status | null, options: Options = {}): Followed {
  let clock = 0;
  const lines: string[] = [];
  const deleted: string[] = [];
  const restarts: number[] = [];
  const keys: number[] = [];
  const { objects, outcome = false, onlyLooks = false, ...request } = options;
  const actions: Actions = {
    deletePods: (names) => Promise.resolve(void deleted.push(...names)),
    giveKeys: () => Promise.resolve(keys.push(clock) > 0),
    restartServer: () => Promise.resolve(void restarts.push(clock)),
  };
  const follower = new Follower(
    { ...REQUEST, ...request },
    {
      status: () => Promise.resolve().then(() => at(clock)),
      snapshot: () =>
        Promise.resolve().then(() => {
          at(clock);
          return new Snapshot({ ...EMPTY, now: 1_000_000 + clock * 1000, ...objects });
        }),
      actions: onlyLooks ? undefined : actions,
      print: (line) => lines.push(line),
      now: () => new Date(clock * 1000),
      sleep: (seconds) => {
        clock += seconds;
        return Promise.resolve();
      },
    },
  );
  const result = outcome ? follower.outcome() : follower.result();
  return { lines, deleted, restarts, keys, seconds: () => clock, result };
}
