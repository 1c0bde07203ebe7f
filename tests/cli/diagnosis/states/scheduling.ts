import { event, pending } from "../../support/objects.ts";
import { CLIENT, OTHERS, unscheduled, type State } from "./state.ts";

const NONE = "0/3 nodes are available: ";
const PREEMPTION =
  " preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.";
const CPU = `${NONE}3 Insufficient cpu.${PREEMPTION}`;
const tainted = (key: string) => [{ metadata: { name: "node-1" }, spec: { taints: [{ key }] } }];

/** A client that no node takes: reasons of the plugins in pkg/scheduler/framework/plugins. */
function lacks(words: string, changes: Parameters<typeof unscheduled>[2] = {}, note = ""): State {
  return unscheduled(`${words}${note}`, `${NONE}3 ${words}.${PREEMPTION}`, changes);
}

/** An autoscaler says something of a client that finds no node. */
function scaling(reason: string, message: string): State {
  return unscheduled(reason, CPU, { events: () => [event(CLIENT, reason, message, 5, 1)] });
}

function unseen(name: string, schedulerName: string): State {
  const after = (seconds: number) => {
    const one = pending(CLIENT, "", seconds);
    const creationTimestamp = one.status?.conditions?.[0]?.lastTransitionTime ?? "";
    const metadata = { ...one.metadata, creationTimestamp };
    const spec = { ...one.spec, schedulerName };
    return { pods: [...OTHERS, { ...one, metadata, spec, status: { phase: "Pending" } }] };
  };
  return { name, after };
}

/** A client that waits for a claim of a device, which the cluster's controller may have said why. */
function claimless(name: string, message?: string): State {
  const { after } = unseen(name, "default-scheduler");
  const events =
    message === undefined ? [] : [event(CLIENT, "FailedResourceClaimCreation", message, 5, 1)];
  return {
    name,
    after: (seconds) => {
      const { pods = [], ...rest } = after(seconds);
      const [one, ...others] = pods.toReversed();
      if (one === undefined) return rest;
      const spec = { ...one.spec, resourceClaims: [{ name: "gpu" }] };
      return { ...rest, pods: [...others.toReversed(), { ...one, spec }], events };
    },
  };
}

/** A client that is bound to a node which the cluster has not. */
const NODELESS: State = {
  name: "a node that is not there",
  after: (seconds) => {
    const { pods = [], ...rest } = unseen("", "default-scheduler").after(seconds);
    const bound = pods.map((pod) =>
      pod.metadata.name === CLIENT ? { ...pod, spec: { ...pod.spec, nodeName: "nope" } } : pod,
    );
    return { ...rest, pods: bound, nodes: tainted("none") };
  },
};

/** States of pods that no node takes. */
export const SCHEDULING: readonly State[] = [
  lacks("Insufficient cpu"),
  lacks("Insufficient memory"),
  lacks("Insufficient ephemeral-storage"),
  lacks("Insufficient nvidia.com/gpu"),
  lacks("Insufficient example.com/fpga"),
  lacks("Insufficient hugepages-2Mi"),
  lacks("Too many pods"),
  unscheduled("no nodes", "no nodes available to schedule pods"),
  lacks("node(s) were unschedulable", { nodes: tainted("node.kubernetes.io/unschedulable") }),
  lacks("node(s) had untolerated taint {team: vision}"),
  lacks("node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }"),
  lacks("node(s) had untolerated taint {node.kubernetes.io/not-ready: }"),
  lacks("node(s) had untolerated taint(s)", { nodes: tainted("team") }, ", newer schedulers"),
  lacks("node(s) had taints that the pod didn't tolerate", { nodes: tainted("team") }),
  lacks("node(s) had unknown conditions"),
  lacks("node(s) didn't match the requested node name"),
  lacks("node(s) didn't match Pod's node affinity/selector", {
    spec: { nodeSelector: { disk: "ssd" } },
  }),
  lacks(
    "node(s) didn't match Pod's node affinity/selector",
    { spec: { nodeSelector: { "kubernetes.io/arch": "arm64" } } },
    ", of an architecture",
  ),
  lacks("node(s) didn't match scheduler-enforced node affinity"),
  lacks("node(s) didn't match pod affinity rules"),
  unscheduled("pod affinity terms conflict", `${NONE}pod affinity terms conflict.`),
  lacks("node(s) didn't match pod anti-affinity rules"),
  lacks("node(s) didn't satisfy existing pods anti-affinity rules"),
  lacks("node(s) didn't match pod topology spread constraints"),
  lacks("node(s) didn't have free ports for the requested pod ports"),
  lacks("node(s) had volume node affinity conflict"),
  lacks("node(s) didn't match PersistentVolume's node affinity"),
  lacks("node(s) had no available volume zone"),
  lacks("node(s) didn't find available persistent volumes to bind"),
  lacks("node(s) did not have enough free storage"),
  lacks("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"),
  lacks("node(s) exceed max volume count"),
  lacks("node(s) had no available disk"),
  lacks(
    "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod",
  ),
  unscheduled(
    "unbound claims",
    `${NONE}pod has unbound immediate PersistentVolumeClaims. not found`,
  ),
  unscheduled("claim that is gone", `${NONE}persistentvolumeclaim "scans" not found. not found`),
  unscheduled(
    "claim that is being deleted",
    `${NONE}persistentvolumeclaim "scans" is being deleted.`,
  ),
  lacks("cannot allocate all claims", {}, " (devices)"),
  unscheduled(
    "device class that is gone",
    `${NONE}request gpu: device class gpu.example.com does not exist.`,
  ),
  unscheduled(
    "SchedulingGated",
    "Scheduling is blocked due to non-empty scheduling gates: [example.org/wait]",
  ),
  unscheduled(
    "SchedulerError",
    'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
  ),
  unscheduled("words of a scheduler that nobody knows", "the moon is full"),
  claimless(
    "a claim of a device without its template",
    'PodResourceClaim gpu: resource claim template "nope": resourceclaimtemplate.resource.k8s.io "nope" not found',
  ),
  claimless("a claim of a device that is not there"),
  NODELESS,
  unseen("a scheduler that does not run", "default-scheduler"),
  unseen("a scheduler that does not exist", "volcano"),
  scaling("TriggeredScaleUp", "pod triggered scale-up: [{pool-1 3->4 (max: 5)}]"),
  scaling(
    "NotTriggerScaleUp",
    "pod didn't trigger scale-up: 1 max node group size reached, 2 Insufficient memory",
  ),
  scaling("FailedScaleUp", "GCE out of resources"),
  scaling("Nominated", "Pod should schedule on: nodeclaim/default-x7k2p"),
  scaling(
    "NoCompatibleNodePool",
    "no nodepool matched the pod: incompatible requirements, key kubernetes.io/arch",
  ),
];
