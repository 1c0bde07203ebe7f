import { expect, test } from "vitest";

import type { Status } from "../../contract/status.ts";
import { after, follow, waiting } from "./support/world.ts";

test("without wait a running run is enough", async () => {
  const world = follow((s) => (s < 5 ? waiting : after(0)), { wait: false });
  expect(await world.result).toMatchObject({ state: "running", rounds: 0 });
});

test("the status of another run is ignored", async () => {
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

test("policies that nobody enforces are told once", async () => {
  const open: Status = { ...after(1), policies: "not enforced" };
  const world = follow((s) => (s < 9 ? open : { ...open, ...after(2, "completed") }));
  await world.result;
  expect(world.lines.filter((line) => line.startsWith("warning: "))).toEqual([
    "warning: a client reaches the server's status port, which no policy of the stack allows: the cluster does not enforce NetworkPolicies, or one that is not the stack's lets it in — install a network plugin that enforces them, such as Calico or Cilium (minikube start --cni calico), and look at: kubectl get networkpolicies -A",
  ]);
  const closed = follow(() => ({ ...after(2, "completed"), policies: "enforced" }));
  await closed.result;
  expect(closed.lines.filter((line) => line.startsWith("warning: "))).toEqual([]);
});

test("a server that refuses a client for its key gets the cluster's keys, every ten seconds", async () => {
  const refusing: Status = { ...after(1), unknownKey: true };
  const at = (s: number): Status => (s < 25 ? refusing : after(2, "completed"));
  const world = follow(at);
  await world.result;
  expect(world.keys).toEqual([0, 10, 20]);
  expect(world.lines).toContain(
    "the cluster signs tokens with new keys, and the server has taken them",
  );
  const looking = follow(at, { onlyLooks: true });
  await looking.result;
  expect(looking.keys).toEqual([]);
});

test("a failed run shows its closing table, too", async () => {
  const world = follow(() => ({ ...after(1, "failed"), reason: "no" }));
  await expect(world.result).rejects.toThrow("no");
  expect(world.lines).toContain("state         failed");
});

const interrupted: Status = {
  ...after(1, "failed"),
  reason: "round 2: client 1 did not answer within 5 s",
  failure: { code: "timeout", interrupted: true, seconds: 5 },
};

test("a run that was interrupted before goes on: its server is restarted once", async () => {
  const world = follow((s) => {
    if (s < 1) return interrupted;
    return s < 4 ? after(1) : after(2, "completed");
  });
  expect(await world.result).toMatchObject({ state: "completed", rounds: 2 });
  expect(world.restarts).toEqual([0]);
  expect(world.lines[0]).toBe(
    "the run goes on after round 1; it was interrupted: round 2: client 1 did not answer within 5 s",
  );
});

test("a run that is interrupted again, or while it is followed, ends with the setting that fixes it", async () => {
  const sentence =
    "run ab12 was interrupted after 1 of 2 rounds: round 2: client 1 did not answer within 5 s — give a round more time: pulumi config set roundTimeout 10, then `pulumi up`: the run goes on after round 1";
  const again = follow((s) => (s >= 1 && s < 4 ? after(1) : interrupted));
  await expect(again.result).rejects.toThrow(sentence);
  expect(again.restarts).toEqual([0]);
  const first = follow((s) => (s < 2 ? after(1) : interrupted));
  await expect(first.result).rejects.toThrow(sentence);
  expect(first.restarts).toEqual([]);
});

test("a follower that only looks restarts nothing", async () => {
  const world = follow(() => interrupted, { onlyLooks: true });
  await expect(world.result).rejects.toThrow("run ab12 was interrupted after 1 of 2 rounds: ");
  expect(world.restarts).toEqual([]);
});

test("a final failure is no reason to restart the server", async () => {
  const world = follow(() => ({ ...after(1, "failed"), reason: "no data" }));
  await expect(world.result).rejects.toThrow("run ab12 failed after 1 of 2 rounds: no data — ");
  expect(world.restarts).toEqual([]);
});

test("the outcome of a run that ended badly is its result with the reason", async () => {
  const failed = follow(() => ({ ...after(1, "failed"), reason: "no data" }), { outcome: true });
  expect(await failed.result).toMatchObject({
    id: "ab12",
    state: "failed",
    rounds: 1,
    accuracy: 0.5,
    modelSha256: null,
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

test("an update that changes the pods of a completed run waits until they are ready", async () => {
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
  const there = follow(() => done, { objects: rolled(2) });
  expect(await there.result).toMatchObject({ state: "completed" });
  expect(there.seconds()).toBe(0);
  const never = follow(() => done, { objects: rolled(1), outcome: true });
  expect(await never.result).toMatchObject({
    state: "completed",
    reason:
      "run ab12 made no progress for 150 s: waiting for pods of the new settings — see `kubectl -n kubeflower logs deploy/flower-server` — then run `pulumi up` again",
  });
  const few = follow(() => ({ ...done, nodes: [0] }), { objects: rolled(2), outcome: true });
  expect((await few.result).reason).toContain("waiting for 1 of 2 clients");
});
