import { NAMES } from "../../contract/names.ts";
import { oneLine } from "../../kube/oneLine.ts";
import { cause, type Cause } from "./cause.ts";
import { firstSeen, lastSeen } from "./event.ts";
import type { Claim, StorageClass } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a volume may take before its claim counts as stuck, by the cause. */
const GRACE = { noClass: 10, failing: 45, slowProvisioner: 8, noProvisioner: 60 } as const;
/** Seconds after which a failure to grow no longer counts that is not repeated. */
const FORGOTTEN = 300;
/** Events of a volume's growth: it fails, or has succeeded since. */
const GROWING = [
  "VolumeResizeFailed",
  "FileSystemResizeFailed",
  "VolumeResizeSuccessful",
  "FileSystemResizeSuccessful",
];
const DEFAULT = "storageclass.kubernetes.io/is-default-class";

/** Finds why the server's volume does not come, or null. */
export function storageFault(snapshot: Snapshot): Cause | null {
  for (const claim of snapshot.objects.claims) {
    const fault =
      lostFault(snapshot, claim) ?? pendingFault(snapshot, claim) ?? growthFault(snapshot, claim);
    if (fault !== null) return fault;
  }
  return null;
}

function lostFault(snapshot: Snapshot, { metadata, status }: Claim): Cause | null {
  if (status?.phase !== "Lost") return null;
  return {
    text: `the volume of PVC ${metadata.name} is gone, with all its runs — make a new one: kubectl -n ${snapshot.objects.namespace} delete pvc ${metadata.name} --wait=false && kubectl -n ${snapshot.objects.namespace} delete pod -l app=${NAMES.server} && pulumi up --refresh`,
    lasts: true,
  };
}

function pendingFault(snapshot: Snapshot, claim: Claim): Cause | null {
  if (claim.status?.phase !== "Pending") return null;
  return (
    classFault(snapshot, claim) ??
    provisioningFault(snapshot, claim) ??
    provisionerFault(snapshot, claim)
  );
}

/** Finds an error in the growing of a volume that is there. */
function growthFault(snapshot: Snapshot, { metadata, status }: Claim): Cause | null {
  const failed = status?.conditions?.find(
    ({ type, status }) => /ResizeError$/.test(type) && status === "True",
  );
  const said = snapshot.eventsOf(metadata, ...GROWING).at(-1);
  const isFailing =
    said?.reason?.endsWith("Failed") === true && snapshot.secondsSince(lastSeen(said)) <= FORGOTTEN;
  if (failed === undefined && !isFailing) return null;
  return cause(
    `the volume of PVC ${metadata.name} does not grow: ${oneLine(failed?.message ?? said?.message ?? "")} — see: kubectl -n ${snapshot.objects.namespace} describe pvc ${metadata.name}`,
    snapshot.secondsSince(failed?.lastTransitionTime ?? (said && firstSeen(said))),
    GRACE.failing,
  );
}

/** Finds a StorageClass that does not exist. */
function classFault(snapshot: Snapshot, claim: Claim): Cause | null {
  const { storageClasses } = snapshot.objects;
  if (storageClasses === null || classOf(snapshot, claim) !== undefined) return null;
  const { name } = claim.metadata;
  const wanted = claim.spec.storageClassName ?? "";
  const fault =
    wanted === ""
      ? `PVC ${name} names no StorageClass and the cluster has no default`
      : `StorageClass ${wanted} does not exist (PVC ${name})`;
  return cause(`${fault} — ${otherClasses(storageClasses)}`, ageOf(snapshot, claim), GRACE.noClass);
}

/** Finds an error that the provisioner reports. */
function provisioningFault(snapshot: Snapshot, claim: Claim): Cause | null {
  const { metadata } = claim;
  const failed = snapshot.eventsOf(metadata, "ProvisioningFailed", "FailedBinding").at(-1);
  if (failed === undefined) return null;
  return cause(
    `the volume of PVC ${metadata.name} cannot be made: ${oneLine(failed.message ?? "")} — see: kubectl -n ${snapshot.objects.namespace} describe pvc ${metadata.name}`,
    ageOf(snapshot, claim),
    GRACE.failing,
  );
}

/** Finds a provisioner that was asked and has not begun. */
function provisionerFault(snapshot: Snapshot, claim: Claim): Cause | null {
  const { metadata, spec } = claim;
  const asked = snapshot.eventsOf(metadata, "ExternalProvisioning").length > 0;
  const begun = snapshot.eventsOf(metadata, "Provisioning").length > 0;
  const age = ageOf(snapshot, claim);
  if (!asked || begun || age < GRACE.slowProvisioner) return null;
  const storageClass = classOf(snapshot, claim);
  const provisioner =
    storageClass === undefined ? "no provisioner" : `no provisioner ${storageClass.provisioner}`;
  return cause(
    `${provisioner} answers for StorageClass ${spec.storageClassName ?? ""} (PVC ${metadata.name}) — install it, or take another class: pulumi config set storageClass <name>`,
    age,
    GRACE.noProvisioner,
  );
}

function classOf(snapshot: Snapshot, { spec }: Claim): StorageClass | undefined {
  return snapshot.objects.storageClasses?.find(
    ({ metadata }) => metadata.name === spec.storageClassName,
  );
}

/** Seconds since the claim was made. */
function ageOf(snapshot: Snapshot, { metadata }: Claim): number {
  return snapshot.secondsSince(metadata.creationTimestamp);
}

/** Names the cluster's classes, and the command that takes one of them. */
export function otherClasses(classes: readonly StorageClass[]): string {
  const [first] = classes;
  if (first === undefined) {
    return "the cluster has none: install a provisioner, then pulumi config set storageClass <name>";
  }
  const names = classes.map((one) => `${one.metadata.name}${isDefault(one) ? " (default)" : ""}`);
  const chosen = classes.find(isDefault) ?? first;
  return `there are: ${names.join(", ")} — pulumi config set storageClass ${chosen.metadata.name}`;
}

/** Tells whether claims that name no class get this one. */
export function isDefault({ metadata }: StorageClass): boolean {
  return metadata.annotations?.[DEFAULT] === "true";
}
