import type { FederationObjects } from "../../../../cli/diagnosis/snapshot.ts";
import { ago, claim, deployment, event, pod } from "../../support/objects.ts";
import { always, CLIENTS, SERVER, warning, type State } from "./state.ts";

/** A claim of the server that is pending. */
function pendingClaim(
  name: string,
  className: string | undefined,
  reason?: string,
  message = "",
  changes: Partial<FederationObjects> = {},
): State {
  const type = reason === "ExternalProvisioning" ? "Normal" : "Warning";
  const after = (seconds: number) => {
    const one =
      reason === undefined
        ? []
        : [{ ...event("flower-server", reason, message, seconds, 0), type }];
    return {
      pods: [...CLIENTS, pod(SERVER, {}, { status: { startTime: ago(seconds) } })],
      claims: [claim(className, seconds)],
      events: one,
      ...changes,
    };
  };
  return { name, after };
}

/** A claim with its volume, of which something is said. */
function boundClaim(
  name: string,
  status: object,
  events: (seconds: number) => object[] = () => [],
): State {
  const after = (seconds: number) => {
    const one = claim("standard", 999);
    return {
      claims: [
        {
          ...one,
          status: {
            phase: "Bound",
            ...(typeof status === "function" ? (status as (s: number) => object)(seconds) : status),
          },
        },
      ],
      events: events(seconds) as FederationObjects["events"],
    };
  };
  return { name, after };
}

/** States of the server's volume: pkg/controller/volume, external-provisioner, external-resizer. */
export const VOLUMES: readonly State[] = [
  pendingClaim(
    "no StorageClass, and no default",
    undefined,
    "FailedBinding",
    "no persistent volumes available for this claim and no storage class is set",
    { storageClasses: [] },
  ),
  pendingClaim(
    "a StorageClass that does not exist",
    "fast",
    "ProvisioningFailed",
    'storageclass.storage.k8s.io "fast" not found',
  ),
  pendingClaim(
    "ProvisioningFailed",
    "slow",
    "ProvisioningFailed",
    'failed to provision volume with StorageClass "slow": rpc error: code = ResourceExhausted desc = no room',
  ),
  pendingClaim(
    "FailedBinding",
    "slow",
    "FailedBinding",
    'volume "scans" already bound to a different claim.',
  ),
  pendingClaim(
    "VolumeMismatch",
    "slow",
    "VolumeMismatch",
    'Cannot bind to requested volume "scans": requested PV is too small',
  ),
  pendingClaim(
    "ExternalProvisioning: nobody answers",
    "slow",
    "ExternalProvisioning",
    "Waiting for a volume to be created either by the external provisioner 'example.org/slow' or manually by the system administrator",
  ),
  boundClaim("ClaimLost", { phase: "Lost" }),
  boundClaim("ClaimMisbound", { phase: "Lost" }, (seconds) => [
    warning(
      "flower-server",
      "ClaimMisbound",
      "Two claims are bound to the same volume, this one is bound incorrectly",
      seconds,
    ),
  ]),
  boundClaim("ControllerResizeError", (seconds: number) => ({
    conditions: [
      {
        type: "ControllerResizeError",
        status: "True",
        message: "rpc error: code = OutOfRange desc = too large",
        lastTransitionTime: ago(seconds),
      },
    ],
  })),
  boundClaim("NodeResizeError", (seconds: number) => ({
    conditions: [
      {
        type: "NodeResizeError",
        status: "True",
        message: "resize2fs failed",
        lastTransitionTime: ago(seconds),
      },
    ],
  })),
  boundClaim("VolumeResizeFailed", {}, (seconds) => [
    warning(
      "flower-server",
      "VolumeResizeFailed",
      "resize volume pvc-1 failed: rpc error: code = Internal",
      seconds,
    ),
  ]),
  boundClaim("FileSystemResizeFailed", {}, (seconds) => [
    warning(
      "flower-server",
      "FileSystemResizeFailed",
      "MountVolume.NodeExpandVolume failed: resize2fs: device busy",
      seconds,
    ),
  ]),
  always("a claim that is gone", { deployments: [mounting()] }),
  always("a claim that is being deleted", { deployments: [mounting()], claims: [ending()] }),
];

function mounting() {
  const one = deployment(2, 2);
  const volumes = [{ persistentVolumeClaim: { claimName: "flower-server" } }];
  const template = { spec: { ...one.spec.template?.spec, volumes } };
  return { ...one, spec: { ...one.spec, template } };
}

function ending() {
  const one = claim("standard", 999);
  const metadata = { ...one.metadata, deletionTimestamp: ago(1) };
  return { ...one, metadata, status: { phase: "Bound" } };
}
