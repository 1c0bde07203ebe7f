import { describe, expect, test } from "vitest";

import { cause, crashing, event, pod, running, told } from "../support/objects.ts";

const server = running("flower-server-7d9-x");
const client = running("flower-client-0");

describe("a container", () => {
  test("that crashes repeatedly is reported with its exit code and the last line of its log", () => {
    const message = "Traceback (most recent call last):\n  File x\nValueError: no data\n\n";
    expect(cause({ pods: [crashing("flower-server-7d9-x", 2, { exitCode: 3, message })] })).toBe(
      "container server of pod flower-server-7d9-x ended 3 times with exit code 3: ValueError: no data — mend it, then: pulumi up; its log: kubectl -n kubeflower logs flower-server-7d9-x -c server --previous",
    );
  });

  test("may crash twice", () => {
    expect(cause({ pods: [crashing("flower-server-7d9-x", 1, {})] })).toBeNull();
  });

  test("may crash any number of times after long runs, when its back-off is the shortest", () => {
    expect(cause({ pods: [crashing("flower-server-7d9-x", 9, {}, "10s")] })).toBeNull();
  });

  test("that is out of memory is reported with its limit and the command that doubles it", () => {
    const pods = [
      server,
      client,
      crashing("flower-client-1", 2, { exitCode: 137, reason: "OOMKilled" }),
    ];
    expect(cause({ pods })).toBe(
      "pod flower-client-1 was killed 3 times as it needs more memory than its limit 768Mi — raise it: pulumi config set --path clientResources.memory 1536Mi",
    );
  });

  test("that ends with ENOMEM is out of memory, too: it watched the process that was killed", () => {
    const pods = [crashing("flower-server-7d9-x", 2, { exitCode: 12, reason: "Error" })];
    expect(cause({ pods })).toBe(
      "pod flower-server-7d9-x was killed 3 times as it needs more memory than its limit 768Mi — raise it: pulumi config set --path serverResources.memory 1536Mi",
    );
  });

  test("of the server that is out of memory gets the server's setting", () => {
    const pods = [crashing("flower-server-7d9-x", 2, { exitCode: 137, reason: "OOMKilled" })];
    expect(cause({ pods })).toContain("pulumi config set --path serverResources.memory 1536Mi");
  });

  test("that the runtime cannot start is reported with the runtime's words", () => {
    const waiting = {
      reason: "RunContainerError",
      message: 'exec: "kubeflower-server": not found',
    };
    expect(cause({ pods: [pod("flower-server-7d9-x", { state: { waiting } })] })).toBe(
      'container server of pod flower-server-7d9-x cannot be started: exec: "kubeflower-server": not found — its image must have that program — give it back what the stack declares: pulumi up --refresh; or see: kubectl -n kubeflower describe pod flower-server-7d9-x',
    );
  });

  test("that cannot mount its volume for 45 seconds is reported with the reason", () => {
    const waiting = { reason: "ContainerCreating" };
    const pods = [pod("flower-server-7d9-x", { state: { waiting } })];
    const mount = (first: number) => [
      event(
        "flower-server-7d9-x",
        "FailedMount",
        "MountVolume.SetUp failed:\n no such device",
        first,
      ),
    ];
    expect(cause({ pods, events: mount(44) })).toBeNull();
    expect(cause({ pods, events: mount(46) })).toBe(
      "pod flower-server-7d9-x cannot mount a volume: MountVolume.SetUp failed: no such device — see: kubectl -n kubeflower describe pod flower-server-7d9-x",
    );
  });
});

describe("a pod that is not started yet", () => {
  const waits = (reason: string, message?: string) =>
    pod("flower-server-7d9-x", {
      state: { waiting: message === undefined ? { reason } : { reason, message } },
    });

  test.each([
    ['configmap "federation-keys-1" not found', "make it again: pulumi up --refresh"],
    [
      "couldn't find key a in ConfigMap lab/b",
      "add key a to it: kubectl -n kubeflower edit configmap b",
    ],
    ["couldn't find key a in Secret lab/federation-env-1", "make it again: pulumi up --refresh"],
  ])("for its configuration is told at once: %s", (message, remedy) => {
    expect(told({ pods: [waits("CreateContainerConfigError", message)] })).toBe(
      `container server of pod flower-server-7d9-x cannot be started: ${message} — ${remedy}`,
    );
  });

  test("for a reason that nobody knows is told in the kubelet's words", () => {
    expect(told({ pods: [waits("PostStartHookError", "the hook failed")] })).toContain(
      "cannot be started: the hook failed — ",
    );
    expect(told({ pods: [waits("Whatever")] })).toContain("cannot be started: Whatever — ");
  });

  test("for its turn is no fault", () => {
    for (const reason of ["ContainerCreating", "PodInitializing"]) {
      expect(told({ pods: [waits(reason)] })).toBeNull();
    }
  });

  test.each([
    [
      "FailedMount",
      'MountVolume.SetUp failed for volume "keys" : configmap "federation-keys-1" not found',
      "cannot mount a volume",
      "make it again: pulumi up --refresh",
    ],
    [
      "FailedAttachVolume",
      "Multi-Attach error for volume",
      "cannot mount a volume",
      "one pod at a time has it: end the other one, see: kubectl -n kubeflower describe pvc",
    ],
    [
      "NetworkNotReady",
      "network is not ready: cni plugin not initialized",
      "cannot be set up",
      "mend the network of that node, see: kubectl describe node node-1",
    ],
  ])("is told of within seconds: %s", (reason, message, what, remedy) => {
    const events = [event("flower-server-7d9-x", reason, message, 4, 1)];
    const pods = [waits("ContainerCreating")];
    expect(told({ pods, events })).toBe(`pod flower-server-7d9-x ${what}: ${message} — ${remedy}`);
    expect(cause({ pods, events })).toBeNull();
  });
});
