import { ago, pod } from "../../support/objects.ts";
import { CLIENTS, type State } from "./state.ts";

/** A server that its node refused or ended: pkg/kubelet/lifecycle, eviction, preemption, nodeshutdown. */
function rejected(reason: string, message: string, name = reason): State {
  const after = (seconds: number) => {
    const status = {
      phase: "Failed",
      reason,
      message,
      startTime: ago(seconds),
      containerStatuses: [],
    };
    const one = pod("flower-server-7d9-a", {}, { status });
    const requests = { cpu: "250m", memory: "1Gi", "ephemeral-storage": "64Mi" };
    const containers = one.spec.containers.map((container) => ({
      ...container,
      resources: { ...container.resources, requests },
    }));
    return { pods: [...CLIENTS, { ...one, spec: { ...one.spec, containers } }] };
  };
  return { name, after };
}

/** States of pods that their node refuses, ends or evicts. */
export const REJECTED: readonly State[] = [
  rejected(
    "OutOfcpu",
    "Pod was rejected: Node didn't have enough resource: cpu, requested: 250, used: 1900, capacity: 2000",
  ),
  rejected(
    "OutOfmemory",
    "Pod was rejected: Node didn't have enough resource: memory, requested: 1073741824, used: 0, capacity: 9",
  ),
  rejected(
    "OutOfpods",
    "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 110, capacity: 110",
  ),
  rejected(
    "OutOfephemeral-storage",
    "Pod was rejected: Node didn't have enough resource: ephemeral-storage, requested: 67108864, used: 0, capacity: 9",
  ),
  rejected(
    "OutOfnvidia.com/gpu",
    "Pod was rejected: Node didn't have enough resource: nvidia.com/gpu, requested: 1, used: 1, capacity: 1",
  ),
  rejected(
    "NodeAffinity",
    "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  ),
  rejected(
    "NodePorts",
    "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
  ),
  rejected(
    "UnexpectedAdmissionError",
    "Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate unhealthy devices nvidia.com/gpu, which is unexpected",
  ),
  rejected(
    "TopologyAffinityError",
    "Pod was rejected: Resources cannot be allocated with Topology locality",
  ),
  rejected(
    "SysctlForbidden",
    'Pod was rejected: forbidden sysctl: "net.core.somaxconn" not allowlisted',
  ),
  rejected(
    "AppArmor",
    "Pod was rejected: Cannot enforce AppArmor: AppArmor is not enabled on the host",
  ),
  rejected(
    "PodOSNotSupported",
    "Pod was rejected: Failed to admit pod as the OS field doesn't match node OS",
  ),
  rejected(
    "PodOSSelectorNodeLabelDoesNotMatch",
    "Pod was rejected: Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
  ),
  rejected(
    "SupplementalGroupsPolicyNotSupported",
    "Pod was rejected: SupplementalGroupsPolicy=Strict is not supported in this node",
  ),
  rejected(
    "PodLevelResourcesNotSupported",
    "Pod was rejected: PodLevelResources feature gate is disabled",
  ),
  rejected(
    "InitContainerRestartPolicyForbidden",
    "Pod was rejected: Init container may not have a non-default restartPolicy",
  ),
  rejected(
    "VolumeAttachmentLimitExceeded",
    "Volume attachment limit exceeded when attaching volume data",
  ),
  rejected("InvalidNodeInfo", "Pod was rejected: Kubelet cannot get node info."),
  rejected(
    "UnexpectedPredicateFailureType",
    "Pod was rejected: GeneralPredicates failed due to x, which is unexpected.",
  ),
  rejected(
    "Evicted",
    "The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi. ",
    "Evicted: memory of the node",
  ),
  rejected(
    "Evicted",
    "The node was low on resource: ephemeral-storage. ",
    "Evicted: disk of the node",
  ),
  rejected(
    "Evicted",
    "The node had condition: [DiskPressure]. ",
    "Evicted: a condition of the node",
  ),
  rejected(
    "Evicted",
    'Usage of EmptyDir volume "tmp" exceeds the limit "1Gi". ',
    "Evicted: an emptyDir",
  ),
  rejected("Preempting", "Preempted in order to admit critical pod"),
  rejected("NodeShutdown", "Pod was rejected as the node is shutting down."),
  rejected("Terminated", "Pod was terminated in response to imminent node shutdown."),
  rejected("DeadlineExceeded", "Pod was active on the node longer than the specified deadline"),
  rejected("NodeLost", "Node node-1 which was running pod is unresponsive"),
  rejected("SomethingNew", "a reason of a later kubelet", "a refusal that nobody knows"),
];
