import { expect, test } from "vitest";

import type { Pod, Terminated } from "../../../cli/diagnosis/objects.ts";
import { cause, crashing, pod, running, told } from "../support/objects.ts";

const CLIENTS = [running("flower-client-0"), running("flower-client-1")];

test("a container that has ended once is told at once, and ends nothing yet", () => {
  const terminated = { exitCode: 1, reason: "Error", message: "ImportError: no module x\n" };
  const pods = [...CLIENTS, pod("flower-server-7d9-x", { state: { terminated } })];
  expect(told({ pods })).toBe(
    "container server of pod flower-server-7d9-x ended once with exit code 1: ImportError: no module x — mend it, then: pulumi up; its log: kubectl -n kubeflower logs flower-server-7d9-x -c server --previous",
  );
  expect(cause({ pods })).toBeNull();
});

test("a program that the image lacks is told by the end of the runtime's words", () => {
  const message =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown';
  const pods = [
    ...CLIENTS,
    crashing("flower-server-7d9-x", 2, { exitCode: 128, reason: "StartError", message }),
  ];
  expect(cause({ pods })).toBe(
    'container server of pod flower-server-7d9-x cannot be started: exec: "nope": executable file not found in $PATH — its image must have that program — give it back what the stack declares: pulumi up --refresh; or see: kubectl -n kubeflower describe pod flower-server-7d9-x',
  );
});

test("an init container counts, too", () => {
  const one = pod("flower-server-7d9-x", { state: { waiting: { reason: "PodInitializing" } } });
  const ended = { name: "setup", restartCount: 3, state: { terminated: { exitCode: 3 } } };
  const pods = [...CLIENTS, { ...one, status: { ...one.status, initContainerStatuses: [ended] } }];
  expect(told({ pods })).toMatch(
    /^container setup of pod flower-server-7d9-x ended 4 times with exit code 3 — /,
  );
});

test("a container that has done its work is no fault", () => {
  const pods = [...CLIENTS, pod("flower-server-7d9-x", { state: { terminated: { exitCode: 0 } } })];
  expect(told({ pods })).toBeNull();
});

/** A server with a container beside it, which has ended that way. */
function beside(terminated: Terminated, limit: string): Pod {
  const one = running("flower-server-7d9-x");
  const side = { name: "agent", resources: { limits: { memory: limit } } };
  const ended = { name: "agent", restartCount: 1, state: { terminated } };
  const spec = { ...one.spec, containers: [...one.spec.containers, side] };
  const containerStatuses = [ended, ...(one.status?.containerStatuses ?? [])];
  return { ...one, spec, status: { ...one.status, containerStatuses } };
}

test.each([
  [
    { exitCode: 137, reason: "OOMKilled" },
    "container agent of pod flower-server-7d9-x was killed 2 times as it needs more memory than its limit 8Mi — raise it, in the setting serverPod, then: pulumi up",
  ],
  [
    {
      exitCode: 128,
      reason: "StartError",
      message: "unable to set memory limit to 8388608 (current usage: 11751424): unknown",
    },
    "container agent of pod flower-server-7d9-x cannot be started: unable to set memory limit to 8388608 (current usage: 11751424) — its start needs more memory than its limit 8Mi — raise it, in the setting serverPod, then: pulumi up; or see: kubectl -n kubeflower describe pod flower-server-7d9-x",
  ],
  [
    { exitCode: 128, reason: "StartError", message: 'exec: "nope": executable file not found' },
    'container agent of pod flower-server-7d9-x cannot be started: exec: "nope": executable file not found — its image must have that program — name one that it has, in the setting serverPod, then: pulumi up; or see: kubectl -n kubeflower describe pod flower-server-7d9-x',
  ],
])("a container beside ours is mended in the setting that put it there: %j", (ended, sentence) => {
  expect(told({ pods: [...CLIENTS, beside(ended, "8Mi")] })).toBe(sentence);
});

test("a container that ends by itself and is started again is told: each has to go on", () => {
  const one = crashing("flower-server-7d9-x", 1, { exitCode: 0, reason: "Completed" });
  expect(told({ pods: [...CLIENTS, one] })).toBe(
    "container server of pod flower-server-7d9-x ended 2 times with exit code 0: its program has to go on — give it back what the stack declares: pulumi up --refresh; its log: kubectl -n kubeflower logs flower-server-7d9-x -c server --previous",
  );
  const { lastState, state } = one.status?.containerStatuses?.[0] ?? {};
  const side = { name: "side", restartCount: 1, state, lastState };
  const running = { name: "server", restartCount: 0, state: { running: {} } };
  const beside = { ...one, status: { ...one.status, containerStatuses: [running, side] } };
  expect(told({ pods: [...CLIENTS, beside] })).toContain(
    "has to go on — let it run on, in the setting serverPod, then: pulumi up; ",
  );
});
