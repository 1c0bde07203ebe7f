import { oneLine } from "../../kube/oneLine.ts";
import type { Claim, StorageClass } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds that a volume may take before its claim counts as stuck, by the cause. */
const GRACE = { noClass: 10, failing: 45, noProvisioner: 60 } as const;
const DEFAULT = "storageclass.kubernetes.io/is-default-class";

/** Finds why the server's volume does not come, or null. */
export function storageFault(snapshot: Snapshot): string | null {
  for (const claim of snapshot.objects.claims) {
    const fault = lostFault(snapshot, claim) ?? pendingFault(snapshot, claim);
    if (fault !== null) return fault;
  }
  return null;
}

function lostFault(snapshot: Snapshot, { metadata, status }: Claim): string | null {
  if (status?.phase !== "Lost") return null;
  return `the volume of PVC ${metadata.name} is gone — make a new one: kubectl -n ${snapshot.objects.namespace} delete pvc ${metadata.name}, then pulumi up --refresh`;
}

function pendingFault(snapshot: Snapshot, claim: Claim): string | null {
  if (claim.status?.phase !== "Pending") return null;
  return (
    classFault(snapshot, claim) ??
    provisioningFault(snapshot, claim) ??
    provisionerFault(snapshot, claim)
  );
}

/** Finds a StorageClass that does not exist. */
function classFault(snapshot: Snapshot, claim: Claim): string | null {
  const { storageClasses } = snapshot.objects;
  if (storageClasses === null || classOf(snapshot, claim) !== undefined) return null;
  if (ageOf(snapshot, claim) < GRACE.noClass) return null;
  const { name } = claim.metadata;
  const wanted = claim.spec.storageClassName ?? "";
  const fault =
    wanted === ""
      ? `PVC ${name} names no StorageClass and the cluster has no default`
      : `StorageClass ${wanted} does not exist (PVC ${name})`;
  return `${fault} — ${otherClasses(storageClasses)}`;
}

/** Finds an error that the provisioner reports. */
function provisioningFault(snapshot: Snapshot, claim: Claim): string | null {
  const { metadata } = claim;
  const failed = snapshot.eventsOf(metadata, "ProvisioningFailed", "FailedBinding").at(-1);
  if (failed === undefined || ageOf(snapshot, claim) < GRACE.failing) return null;
  return `the volume of PVC ${metadata.name} cannot be made: ${oneLine(failed.message ?? "")} — see: kubectl -n ${snapshot.objects.namespace} describe pvc ${metadata.name}`;
}

/** Finds a provisioner that was asked and has not begun. */
function provisionerFault(snapshot: Snapshot, claim: Claim): string | null {
  const { metadata, spec } = claim;
  const age = ageOf(snapshot, claim);
  const asked = snapshot.eventsOf(metadata, "ExternalProvisioning").length > 0;
  const begun = snapshot.eventsOf(metadata, "Provisioning").length > 0;
  if (!asked || begun || age < GRACE.noProvisioner) return null;
  const storageClass = classOf(snapshot, claim);
  const provisioner =
    storageClass === undefined ? "no provisioner" : `no provisioner ${storageClass.provisioner}`;
  return `${provisioner} answers for StorageClass ${spec.storageClassName ?? ""} (PVC ${metadata.name} has waited ${Math.round(age)} s) — install it, or take another class: pulumi config set storageClass <name>`;
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
