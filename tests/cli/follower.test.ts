import { expect, test } from "vitest";
import { Unreachable } from "../../kube/errors.ts";
import { Follower, type Request } from "../../cli/follower.ts";
import type { Snapshot } from "../../cli/snapshot.ts";
import { parseStatus, type Round, type Status } from "../../contract/status.ts";

const request: Request = {
  context: "local",
  namespace: "kubeflower",
  run: "ab12",
  timeout: 3600,
  wait: true,
};
const waiting = parseStatus('{"run":"ab12","state":"waiting","rounds":2,"waitingFor":[0,1]}');
const round = (number: number): Round => ({
  round: number,
  seconds: 1,
  loss: 0.5,
  accuracy: 0.5,
  replies: [0, 1],
  failures: [],
  clients: {},
});
const after = (rounds: number, state: Status["state"] = "running"): Status => ({
  ...waiting,
  state,
  waitingFor: [],
  history: Array.from({ length: rounds }, (_, k) => round(k + 1)),
});
const empty: Omit<Snapshot, "now"> = {
  namespace: "kubeflower",
  pods: [],
  events: [],
  claims: [],
  deployments: [],
  replicaSets: [],
  statefulSets: [],
  nodes: [],
  storageClasses: [],
};
const stuckClaim = {
  metadata: { name: "flower-server", uid: "1", creationTimestamp: "1970-01-01T00:00:00Z" },
  spec: { storageClassName: "fast" },
  status: { phase: "Pending" },
};

/** Traces that a follower left in its world, and how it ended. */
interface Followed {
  readonly lines: string[];
  /** Pods that were deleted. */
  readonly renewed: string[];
  /** Seconds at which the server was restarted. */
  readonly restarts: number[];
  readonly seconds: () => number;
  readonly result: ReturnType<Follower["result"]>;
}

/** A world whose clock moves only by sleeping; `at(seconds)` is the answer of that time. */
function follow(
  at: (seconds: number) => Status | null,
  options: Partial<Request> & {
    snapshot?: Partial<Snapshot>;
    outcome?: boolean;
    looks?: boolean;
  } = {},
): Followed {
  let clock = 0;
  const lines: string[] = [];
  const renewed: string[] = [];
  const restarts: number[] = [];
  const { snapshot, outcome = false, looks = false, ...rest } = options;
  const follower = new Follower(
    { ...request, ...rest },
    {
      status: () => Promise.resolve().then(() => at(clock)),
      observe: () =>
        Promise.resolve().then(() => {
          at(clock);
          return { ...empty, now: 1_000_000 + clock * 1000, ...snapshot };
        }),
      hands: looks
        ? undefined
        : {
            renew: (pods) => {
              renewed.push(...pods);
              return Promise.resolve();
            },
            restart: () => {
              restarts.push(clock);
              return Promise.resolve();
            },
          },
      print: (line) => lines.push(line),
      now: () => new Date(clock * 1000),
      sleep: (seconds) => {
        clock += seconds;
        return Promise.resolve();
      },
    },
  );
  const result = outcome ? follower.outcome() : follower.result();
  return { lines, renewed, restarts, seconds: () => clock, result };
}

test("each round is printed once, and a completed run gives its result", async () => {
  const world = follow((s) => (s < 3 ? after(1) : after(2, "completed")));
  expect(await world.result).toMatchObject({ id: "ab12", state: "completed", rounds: 2 });
  expect(world.lines.filter((line) => line.startsWith("round "))).toEqual([
    "round 1/2  accuracy 0.500  loss 0.500  replies 2/2  1.0 s",
    "round 2/2  accuracy 0.500  loss 0.500  replies 2/2  1.0 s",
  ]);
});

test("without wait a running run is enough", async () => {
  const world = follow((s) => (s < 5 ? waiting : after(0)), { wait: false });
  expect(await world.result).toMatchObject({ state: "running", rounds: 0 });
});

test("another run's status is not taken for the wanted one", async () => {
  const world = follow((s) =>
    s < 30 ? { ...after(2, "completed"), run: "old" } : after(2, "completed"),
  );
  expect(await world.result).toMatchObject({ id: "ab12" });
  expect(world.seconds()).toBe(30);
});

test("a failed run fails with its reason", async () => {
  const world = follow(() => ({ ...after(1, "failed"), reason: "round 2 had 1 of 2 replies" }));
  await expect(world.result).rejects.toThrow(
    "run ab12 failed after 1 of 2 rounds: round 2 had 1 of 2 replies — ",
  );
});

test("rounds that a replaced server does again are printed again", async () => {
  const world = follow((s) =>
    s < 2 ? after(1) : s < 4 ? after(0) : after(1, s < 6 ? "running" : "completed"),
  );
  await world.result;
  expect(world.lines.slice(0, 3)).toEqual([
    "round 1/2  accuracy 0.500  loss 0.500  replies 2/2  1.0 s",
    "the server was replaced; the run goes on after round 0",
    "round 1/2  accuracy 0.500  loss 0.500  replies 2/2  1.0 s",
  ]);
});

test("an API server that is gone for a minute is survived", async () => {
  const world = follow((s) => {
    if (s >= 10 && s < 70) throw new Unreachable("connect ECONNREFUSED");
    return s < 80 ? after(1) : after(2, "completed");
  });
  expect(await world.result).toMatchObject({ state: "completed" });
  expect(world.lines.slice(1, 3)).toEqual([
    "the cluster does not answer (connect ECONNREFUSED); trying again",
    "the cluster answers again",
  ]);
});

test("an API server that stays away is said to be", async () => {
  const world = follow(() => {
    throw new Unreachable("connect ECONNREFUSED 10.0.0.1:6443");
  });
  await expect(world.result).rejects.toThrow(
    "the cluster of context local has not answered for 75 s (connect ECONNREFUSED 10.0.0.1:6443)",
  );
});

test("a cause that lasts ends the following, well within three minutes", async () => {
  const world = follow(() => null, { snapshot: { claims: [stuckClaim] } });
  await expect(world.result).rejects.toThrow("StorageClass fast does not exist");
  expect(world.seconds()).toBeLessThan(30);
});

test("a cause does not end a run whose rounds go on", async () => {
  const world = follow((s) => (s < 40 ? after(1) : after(2, "completed")), {
    snapshot: { claims: [stuckClaim] },
  });
  expect(await world.result).toMatchObject({ state: "completed" });
});

test("silence without a cause ends within three minutes", async () => {
  const world = follow(() => null);
  await expect(world.result).rejects.toThrow(
    "run ab12 made no progress for 150 s: waiting for Deployment flower-server: there is none in namespace kubeflower (no pod of flower-server runs) — see `kubectl -n kubeflower logs deploy/flower-server` — then run `pulumi up` again",
  );
  expect(world.seconds()).toBe(150);
});

test("clients that do not come for no known cause end the following, too", async () => {
  const world = follow((s) => (s < 100 ? waiting : { ...waiting, nodes: [0], waitingFor: [1] }));
  await expect(world.result).rejects.toThrow(
    "run ab12 made no progress for 150 s: waiting for clients: 1 of 2 connected — see `kubectl -n kubeflower logs flower-client-0`",
  );
  expect(world.seconds()).toBe(250);
});

test("a run that has started may be silent as long as it answers", async () => {
  const world = follow((s) => (s < 500 ? after(1) : after(2, "completed")));
  expect(await world.result).toMatchObject({ state: "completed" });
});

test("a failed run shows its closing table, too", async () => {
  const world = follow(() => ({ ...after(1, "failed"), reason: "no" }));
  await expect(world.result).rejects.toThrow("no");
  expect(world.lines).toContain("state         failed");
});

test("the timeout says how far the run is and that it goes on", async () => {
  const world = follow(() => after(1), { timeout: 20 });
  await expect(world.result).rejects.toThrow(
    "run ab12 is not completed after 20 s (running, 1 of 2 rounds done) — the run goes on",
  );
});

const interrupted: Status = {
  ...after(1, "failed"),
  reason: "round 2: client 1 did not answer within 5 s",
  failure: { code: "timeout", interrupted: true, seconds: 5 },
};

test("a run that was interrupted before goes on: its server is restarted once", async () => {
  const world = follow((s) => (s < 1 ? interrupted : s < 4 ? after(1) : after(2, "completed")));
  expect(await world.result).toMatchObject({ state: "completed", rounds: 2 });
  expect(world.restarts).toEqual([0]);
  expect(world.lines[0]).toBe(
    "the run goes on after round 1; it was interrupted: round 2: client 1 did not answer within 5 s",
  );
});

test("a run that is interrupted again, or while it is followed, ends with the setting that mends it", async () => {
  const sentence =
    "run ab12 was interrupted after 1 of 2 rounds: round 2: client 1 did not answer within 5 s — give a round more time: pulumi config set roundTimeout 10, then `pulumi up`: the run goes on after round 1";
  const again = follow((s) => (s < 1 ? interrupted : s < 4 ? after(1) : interrupted));
  await expect(again.result).rejects.toThrow(sentence);
  expect(again.restarts).toEqual([0]);
  const first = follow((s) => (s < 2 ? after(1) : interrupted));
  await expect(first.result).rejects.toThrow(sentence);
  expect(first.restarts).toEqual([]);
});

test("a follower that only looks restarts nothing", async () => {
  const world = follow(() => interrupted, { looks: true });
  await expect(world.result).rejects.toThrow("run ab12 was interrupted after 1 of 2 rounds: ");
  expect(world.restarts).toEqual([]);
});

test("a final failure is no reason to restart the server", async () => {
  const world = follow(() => ({ ...after(1, "failed"), reason: "no data" }));
  await expect(world.result).rejects.toThrow("run ab12 failed after 1 of 2 rounds: no data — ");
  expect(world.restarts).toEqual([]);
});

test("the outcome of a run that did not end well is its result with the reason", async () => {
  const failed = follow(() => ({ ...after(1, "failed"), reason: "no data" }), { outcome: true });
  expect(await failed.result).toMatchObject({
    ...{ id: "ab12", state: "failed", rounds: 1, accuracy: 0.5, modelSha256: null },
    reason:
      "run ab12 failed after 1 of 2 rounds: no data — correct it and run `pulumi up`, or `pulumi config set runToken` to a new word to run the same again",
  });
  const stuck = follow((s) => (s < 2 ? after(1) : interrupted), { outcome: true });
  expect(await stuck.result).toMatchObject({ state: "interrupted", rounds: 1 });
  const slow = follow(() => after(1), { timeout: 20, outcome: true });
  expect(await slow.result).toMatchObject({ state: "running", rounds: 1 });
  const silent = follow(() => null, { outcome: true });
  expect(await silent.result).toMatchObject({ id: "ab12", state: "unknown", rounds: 0 });
});

test("clients of an older template are renewed at once while the run waits for them", async () => {
  const pod = (name: string, revision: string) => ({
    metadata: { name, labels: { app: "flower-client", "controller-revision-hash": revision } },
    spec: { containers: [] },
  });
  const set = {
    metadata: { name: "flower-client", generation: 2 },
    spec: { replicas: 2 },
    status: { observedGeneration: 2, updateRevision: "new" },
  };
  const snapshot = {
    statefulSets: [set],
    pods: [pod("flower-client-0", "old"), pod("flower-client-1", "new")],
  };
  const world = follow((s) => (s < 2 ? waiting : after(2, "completed")), { snapshot });
  await world.result;
  expect(world.renewed).toEqual(["flower-client-0"]);
});

test("an update that changes the pods of a completed run waits until they are there", async () => {
  const done = { ...after(2, "completed"), nodes: [0, 1] };
  const rolled = (generation: number) => ({
    deployments: [
      {
        metadata: { name: "flower-server", generation: 2 },
        spec: {},
        status: {
          observedGeneration: generation,
          replicas: 1,
          updatedReplicas: 1,
          availableReplicas: 1,
        },
      },
    ],
    statefulSets: [
      {
        metadata: { name: "flower-client", generation: 1 },
        spec: { replicas: 2 },
        status: { observedGeneration: 1 },
      },
    ],
  });
  const there = follow(() => done, { snapshot: rolled(2) });
  expect(await there.result).toMatchObject({ state: "completed" });
  expect(there.seconds()).toBe(0);
  const never = follow(() => done, { snapshot: rolled(1), outcome: true });
  expect(await never.result).toMatchObject({
    state: "completed",
    reason:
      "run ab12 made no progress for 150 s: waiting for pods of the new settings — see `kubectl -n kubeflower logs deploy/flower-server` — then run `pulumi up` again",
  });
  const few = follow(() => ({ ...done, nodes: [0] }), { snapshot: rolled(2), outcome: true });
  expect((await few.result).reason).toContain("waiting for clients: 1 of 2 connected");
});

test("a client that an older one kept from its node is made again once the older one is gone", async () => {
  const pod = (name: string, revision: string, scheduled: string) => ({
    metadata: { name, labels: { app: "flower-client", "controller-revision-hash": revision } },
    spec: { containers: [] },
    status: { conditions: [{ type: "PodScheduled", status: scheduled }] },
  });
  const status = { observedGeneration: 1, updateRevision: "new" };
  const set = { metadata: { name: "flower-client", generation: 1 }, spec: { replicas: 2 }, status };
  const held = pod("flower-client-1", "new", "False");
  const snapshot = { statefulSets: [set], pods: [pod("flower-client-0", "old", "True"), held] };
  const world = follow(
    (s) => {
      if (s >= 2) snapshot.pods = [pod("flower-client-0", "new", "True"), held];
      return s < 18 ? waiting : after(2, "completed");
    },
    { snapshot },
  );
  await world.result;
  expect(world.renewed).toEqual(["flower-client-0", "flower-client-1"]);
});
