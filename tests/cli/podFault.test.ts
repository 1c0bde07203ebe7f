import { describe, expect, test } from "vitest";
import { crashing, event, pod, running, sentence } from "./objects.ts";

const server = running("flower-server-7d9-x");
const client = running("flower-client-0");

function pulling(message: string, reason = "ImagePullBackOff") {
  return pod("flower-server-7d9-x", { state: { waiting: { reason, message } } });
}

describe("an image", () => {
  const missing =
    'failed to pull and unpack image "localhost:5555/kubeflower:abc": failed to resolve reference "localhost:5555/kubeflower:abc": localhost:5555/kubeflower:abc: not found';
  const name = '"localhost:5555/kubeflower:abc"';

  test("that the registry does not have is named, with the registry's answer", () => {
    expect(
      sentence({
        pods: [pulling(`Back-off pulling image ${name}: ErrImagePull: rpc error: ${missing}`)],
      }),
    ).toBe(
      "image localhost:5555/kubeflower:abc cannot be pulled (pod flower-server-7d9-x): not found — the cluster's nodes must be able to pull it — push it, or name another: pulumi config set image <name>@sha256:<digest>, or pulumi config set registry <host>",
    );
  });

  test("has its reason taken from the event when the container tells only of the back-off", () => {
    const pods = [pulling(`Back-off pulling image ${name}`)];
    const events = [
      event("flower-server-7d9-x", "Failed", `Failed to pull image ${name}: ${missing}`),
    ];
    expect(sentence({ pods, events })).toContain("(pod flower-server-7d9-x): not found —");
  });

  test("is given a minute when the registry did not answer", () => {
    const pods = [pulling("dial tcp 10.0.0.1:443: i/o timeout", "ErrImagePull")];
    const failed = (first: number) => [event("flower-server-7d9-x", "Failed", "timeout", first)];
    expect(sentence({ pods, events: failed(59) })).toBeUndefined();
    expect(sentence({ pods, events: failed(61) })).toContain(
      "dial tcp 10.0.0.1:443: i/o timeout — ",
    );
  });

  test("is given eight seconds even when the answer is final", () => {
    const pods = [pulling(missing, "ErrImagePull")];
    const events = [event("flower-server-7d9-x", "Failed", missing, 7)];
    expect(sentence({ pods, events })).toBeUndefined();
  });
});

describe("a container", () => {
  test("that crashes again and again gives exit code and the log's last line", () => {
    const message = "Traceback (most recent call last):\n  File x\nValueError: no data\n\n";
    expect(sentence({ pods: [crashing("flower-server-7d9-x", 2, { exitCode: 3, message })] })).toBe(
      "container server of pod flower-server-7d9-x ended 3 times with exit code 3: ValueError: no data — see its log: kubectl -n kubeflower logs flower-server-7d9-x --previous",
    );
  });

  test("may crash twice", () => {
    expect(sentence({ pods: [crashing("flower-server-7d9-x", 1, {})] })).toBeUndefined();
  });

  test("that crashes rarely, so that its back-off is the shortest, is let go on", () => {
    expect(sentence({ pods: [crashing("flower-server-7d9-x", 9, {}, "10s")] })).toBeUndefined();
  });

  test("that is out of memory names the limit and the command that doubles it", () => {
    const pods = [
      server,
      client,
      crashing("flower-client-1", 2, { exitCode: 137, reason: "OOMKilled" }),
    ];
    expect(sentence({ pods })).toBe(
      "pod flower-client-1 was killed 3 times as it needs more memory than its limit 768Mi — raise it: pulumi config set --path clientResources.memory 1536Mi",
    );
  });

  test("that says so of the process it watches by its exit code is out of memory too", () => {
    const pods = [crashing("flower-server-7d9-x", 2, { exitCode: 12, reason: "Error" })];
    expect(sentence({ pods })).toBe(
      "pod flower-server-7d9-x was killed 3 times as it needs more memory than its limit 768Mi — raise it: pulumi config set --path serverResources.memory 1536Mi",
    );
  });

  test("of the server out of memory names the server's key", () => {
    const pods = [crashing("flower-server-7d9-x", 2, { exitCode: 137, reason: "OOMKilled" })];
    expect(sentence({ pods })).toContain("pulumi config set --path serverResources.memory 1536Mi");
  });

  test("that the runtime cannot start gives the runtime's sentence", () => {
    const waiting = {
      reason: "RunContainerError",
      message: 'exec: "kubeflower-server": not found',
    };
    expect(sentence({ pods: [pod("flower-server-7d9-x", { state: { waiting } })] })).toBe(
      'container server of pod flower-server-7d9-x cannot be started: exec: "kubeflower-server": not found — see: kubectl -n kubeflower describe pod flower-server-7d9-x',
    );
  });

  test("that cannot mount its volume for 45 seconds says why", () => {
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
    expect(sentence({ pods, events: mount(44) })).toBeUndefined();
    expect(sentence({ pods, events: mount(46) })).toBe(
      "pod flower-server-7d9-x cannot mount a volume: MountVolume.SetUp failed: no such device — see: kubectl -n kubeflower describe pod flower-server-7d9-x",
    );
  });
});
