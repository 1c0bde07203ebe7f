import { preparing, type State } from "./state.ts";

/** States of pods that a node sets up: pkg/kubelet/events/event.go. */
export const SETUP: readonly State[] = [
  preparing(
    "FailedMount",
    'MountVolume.SetUp failed for volume "keys" : configmap "federation-keys-1a2b" not found',
    "FailedMount: an object of the stack's",
  ),
  preparing(
    "FailedMount",
    'MountVolume.SetUp failed for volume "own" : secret "hospital" not found',
    "FailedMount: an object of somebody's",
  ),
  preparing(
    "FailedMount",
    'MountVolume.SetUp failed for volume "own" : references non-existent secret key: token',
    "FailedMount: a key",
  ),
  preparing(
    "FailedMount",
    'MountVolume.SetUp failed for volume "data" : hostPath type check failed: /data/3 is not a directory',
    "FailedMount: a folder of the node",
  ),
  preparing(
    "FailedMount",
    'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32 mount.nfs: access denied by server while mounting nfs.example:/data',
    "FailedMount: NFS denies",
  ),
  preparing(
    "FailedMount",
    'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32 mount.nfs: mounting nfs.example:/data failed, reason given by server: No such file or directory',
    "FailedMount: no such folder on NFS",
  ),
  preparing(
    "FailedMount",
    'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32 mount: bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program.',
    "FailedMount: no NFS on the node",
  ),
  preparing(
    "FailedMount",
    'MountVolume.MountDevice failed for volume "pvc-1" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ebs.csi.aws.com not found in the list of registered CSI drivers',
    "FailedMount: no driver on the node",
  ),
  preparing(
    "FailedMount",
    'MountVolume.NodeAffinity check failed for volume "pvc-1" : no matching NodeSelectorTerms',
    "FailedMount: a volume of another node",
  ),
  preparing(
    "FailedMount",
    "Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: timed out waiting for the condition",
    "FailedMount: no volume in time",
  ),
  preparing(
    "FailedMount",
    'MountVolume.SetUp failed for volume "data" : volume uses the ReadWriteOncePod access mode and is already in use by another pod',
    "FailedMount: another pod has it",
  ),
  preparing(
    "FailedAttachVolume",
    'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node and can\'t be attached to another',
  ),
  preparing(
    "FailedAttachVolume",
    'AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = ResourceExhausted desc = too many volumes',
    "FailedAttachVolume: a driver's words",
  ),
  preparing(
    "FailedMapVolume",
    'MapVolume.SetUpDevice failed for volume "pvc-1" : rpc error: code = Internal',
  ),
  preparing(
    "FailedMountOnFilesystemMismatch",
    'failed to mount the volume as "ext4", it already contains xfs',
  ),
  preparing(
    "FailedCreatePodSandBox",
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
    "FailedCreatePodSandBox: no address",
  ),
  preparing(
    "FailedCreatePodSandBox",
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="calico" failed (add): connection is unauthorized',
    "FailedCreatePodSandBox: the network",
  ),
  preparing(
    "FailedCreatePodSandBox",
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "gvisor" is configured',
    "FailedCreatePodSandBox: no such runtime",
  ),
  preparing(
    "FailedPodSandBoxStatus",
    "Unable to get pod sandbox status: rpc error: code = Unavailable",
  ),
  preparing(
    "NetworkNotReady",
    "network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:cni plugin not initialized",
  ),
  preparing(
    "FailedCreatePodContainer",
    "unable to ensure pod container exists: failed to create container for [kubepods burstable pod1] : cgroup: no space left on device",
  ),
  preparing(
    "FailedPrepareDynamicResources",
    "Failed to prepare dynamic resources: prepare resources for claim gpu: driver gpu.example.com is not registered",
  ),
  preparing(
    "FailedToRetrieveImagePullSecret",
    "Unable to retrieve some image pull secrets (registry-login); attempting to pull the image may not succeed.",
  ),
  preparing(
    "Failed",
    "error making pod data directories: mkdir /var/lib/kubelet/pods/1: read-only file system",
    "Failed: folders of the pod",
  ),
  preparing("InspectFailed", 'Failed to inspect image "localhost:5555/kubeflower:abc": rpc error'),
  preparing(
    "FailedResourceClaimCreation",
    'PodResourceClaim gpu: resourceclaimtemplates "gpu" not found',
  ),
  preparing("VolumeConditionAbnormal", "Volume data: the volume is not healthy"),
  preparing(
    "VolumePermissionChangeInProgress",
    "Setting volume ownership for data is taking longer than expected, consider using OnRootMismatch",
  ),
  preparing("HostIPsIPFamilyMismatch", "Kubelet detected an IPv6 node IP, but no IPv6 pod IP"),
  preparing("FailedSync", "error determining status: rpc error: code = Unavailable"),
  preparing("FailedValidation", "Error validating pod from api, ignoring"),
  preparing(
    "DNSConfigForming",
    "Search Line limits were exceeded, some search paths have been omitted",
  ),
  preparing(
    "MissingClusterDNS",
    'kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy',
  ),
  preparing("SomethingNew", "a warning of a later kubelet", "a warning that nobody knows"),
];
