import { ago, event, pod } from "../../support/objects.ts";
import { CLIENT, CLIENTS, OTHERS, SERVER, waiting, warning, type State } from "./state.ts";

/** A container of the server that has ended, and is about to be started again. */
function ended(name: string, exitCode: number, reason: string, message = "", restarts = 2): State {
  const after = (seconds: number) => {
    const terminated = { exitCode, reason, message, finishedAt: ago(seconds) };
    const back = {
      reason: "CrashLoopBackOff",
      message: "back-off 40s restarting failed container",
    };
    const state =
      restarts === 0
        ? { restartCount: 0, state: { terminated } }
        : { restartCount: restarts, state: { waiting: back }, lastState: { terminated } };
    const events = [warning(SERVER, "BackOff", "Back-off restarting failed container", seconds)];
    return { pods: [...CLIENTS, pod(SERVER, state)], events };
  };
  return { name, after };
}

/** A server whose container runs, and whose probe fails. */
function unhealthy(name: string, message: string): State {
  const after = (seconds: number) => {
    const conditions = [
      {
        type: "Ready",
        status: "False",
        reason: "ContainersNotReady",
        message: "containers with unready status: [server]",
        lastTransitionTime: ago(seconds),
      },
    ];
    const status = { phase: "Running", startTime: ago(seconds), conditions };
    const one = pod(SERVER, { state: { running: {} } }, { status });
    return { pods: [...CLIENTS, one], events: [warning(SERVER, "Unhealthy", message, seconds)] };
  };
  return { name, after };
}

/** States of containers: pkg/kubelet/kuberuntime and pkg/kubelet/container/sync_result.go. */
export const CONTAINERS: readonly State[] = [
  waiting(
    "CreateContainerConfigError",
    'secret "federation-env-1a2b" not found',
    "CreateContainerConfigError: a Secret of the stack's",
  ),
  waiting(
    "CreateContainerConfigError",
    'secret "hospital" not found',
    "CreateContainerConfigError: a Secret of somebody's",
  ),
  waiting(
    "CreateContainerConfigError",
    "couldn't find key token in Secret kubeflower/hospital",
    "CreateContainerConfigError: a key",
  ),
  waiting(
    "CreateContainerConfigError",
    "container has runAsNonRoot and image will run as root (pod: flower-client-1, container: client)",
    "CreateContainerConfigError: root",
  ),
  waiting(
    "CreateContainerConfigError",
    'container\'s runAsUser breaks non-root policy (pod: "flower-client-1", container: client)',
    "CreateContainerConfigError: a root user",
  ),
  waiting(
    "CreateContainerError",
    'failed to create containerd container: cannot load seccomp profile "/var/lib/kubelet/seccomp/own.json": open /var/lib/kubelet/seccomp/own.json: no such file or directory',
    "CreateContainerError: a seccomp profile",
  ),
  waiting(
    "CreateContainerError",
    'failed to reserve container name "client_flower-client-1": name is reserved',
  ),
  waiting(
    "CreateContainerError",
    "mkdir /var/lib/containerd/1: no space left on device",
    "CreateContainerError: a full disk",
  ),
  waiting(
    "RunContainerError",
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "kubeflower-client": executable file not found in $PATH: unknown',
  ),
  waiting(
    "CreateContainerError",
    "set memory limit 8388608 too low; should be at least 12582912 bytes",
    "CreateContainerError: a memory limit",
  ),
  waiting("PreCreateHookError", "device plugin example.com/fpga does not answer"),
  waiting("PreStartHookError", "cannot set CPU affinity"),
  waiting("PostStartHookError", "PostStartHook failed"),
  waiting(
    "KillContainerError",
    "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
  ),
  waiting("CreatePodSandboxError", "cannot make the sandbox"),
  waiting("ConfigPodSandboxError", "cannot configure the sandbox"),
  waiting("ImageVolumeMountFailed", "failed to mount the image of volume model"),
  waiting("RROUnsupported", "recursive read-only mounts are not supported by the runtime"),
  waiting("ResizePodInPlaceError", "cannot resize"),
  waiting("SomethingNew", "a reason of a later Kubernetes", "a reason that nobody knows"),
  ended("OOMKilled", 137, "OOMKilled"),
  ended("Error: an exit code", 1, "Error", "Traceback:\nValueError: no data"),
  ended("Error: the first end", 1, "Error", "ValueError: no data", 0),
  ended("Completed: a server that ends by itself", 0, "Completed"),
  ended(
    "ContainerStatusUnknown",
    137,
    "ContainerStatusUnknown",
    "The container could not be located when the pod was terminated",
  ),
  ended(
    "StartError",
    128,
    "StartError",
    'unable to start container process: exec: "kubeflower-server": permission denied: unknown',
  ),
  ended("ContainerCannotRun", 127, "ContainerCannotRun", "no such file or directory"),
  ended(
    "StartError: a memory limit",
    128,
    "StartError",
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error setting cgroup config for procHooks process: unable to set memory limit to 8388608 (current usage: 11751424, peak usage: 12189696): unknown",
  ),
  ended(
    "StartError: killed at its start",
    128,
    "StartError",
    "runc create failed: unable to start container process: container init was OOM-killed (memory limit too low?): unknown",
  ),
  ended(
    "StartError: a GPU driver",
    128,
    "StartError",
    "runc create failed: unable to start container process: error during container init: error running prestart hook #0: exit status 1, stdout: , stderr: nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown",
  ),
  ended(
    "StartError: a folder",
    128,
    "StartError",
    'runc create failed: unable to start container process: error during container init: chdir to cwd ("/work") set in config.json failed: no such file or directory: unknown',
  ),
  ended(
    "StartError: a mount",
    128,
    "StartError",
    'runc create failed: unable to start container process: error during container init: error mounting "/srv/data" to rootfs at "/data/0": mount src=/srv/data, dst=/data/0, flags=MS_BIND|MS_REC: not a directory: unknown',
  ),
  ended(
    "StartError: a security profile",
    128,
    "StartError",
    "runc create failed: unable to start container process: error during container init: unable to apply apparmor profile: apparmor failed to apply profile: write /proc/self/attr/apparmor/exec: no such file or directory: unknown",
  ),
  ended(
    "Error: a program for other machines",
    255,
    "Error",
    "exec /usr/bin/python3: exec format error\n",
  ),
  unhealthy(
    "Unhealthy: readiness",
    "Readiness probe failed: HTTP probe failed with statuscode: 500",
  ),
  unhealthy(
    "Unhealthy: liveness",
    'Liveness probe failed: Get "http://10.244.0.9:8081/live": context deadline exceeded',
  ),
  unhealthy(
    "Unhealthy: errored",
    "Readiness probe errored and resulted in unknown state: rpc error: code = NotFound",
  ),
  {
    name: "FailedPostStartHook",
    after: (seconds) => ({
      pods: [...OTHERS, pod(CLIENT, { state: { running: {} } }, { status: { phase: "Running" } })],
      events: [warning(CLIENT, "FailedPostStartHook", "PostStartHook failed", seconds)],
    }),
  },
  {
    name: "Evicted: more files than the limit",
    after: (seconds) => ({
      pods: [...OTHERS, pod(CLIENT, {}, { status: { startTime: ago(1) } })],
      events: [
        {
          ...event(
            CLIENT,
            "Evicted",
            "Pod ephemeral local storage usage exceeds the total limit of containers 4Gi. ",
            90,
            seconds,
          ),
          count: 2,
        },
      ],
    }),
  },
];
