import { oneLine } from "../kube/oneLine.ts";
import type { Finding } from "./finding.ts";
import { eventsOf, secondsSince, type Claim, type Snapshot } from "./snapshot.ts";

/** Seconds a volume may be on its way. */
const GRACE = { noClass: 10, failing: 45, noProvisioner: 60 } as const;
const DEFAULT = "storageclass.kubernetes.io/is-default-class";

/** Why the server's volume does not come, or null. */
export function storageFault(snapshot: Snapshot): Finding | null {
  for (const claim of snapshot.claims) {
    const sentence =
      claim.status?.phase === "Lost"
        ? `the volume of PVC ${claim.metadata.name} is gone — make a new one: kubectl -n ${snapshot.namespace} delete pvc ${claim.metadata.name}, then pulumi up --refresh`
        : claim.status?.phase === "Pending"
          ? pending(snapshot, claim)
          : null;
    if (sentence !== null) return { sentence };
  }
  return null;
}

function pending(snapshot: Snapshot, claim: Claim): string | null {
  const age = secondsSince(snapshot, claim.metadata.creationTimestamp);
  const wanted = claim.spec.storageClassName;
  const classes = snapshot.storageClasses;
  const known = classes?.find((one) => one.metadata.name === wanted);
  if (classes !== null && known === undefined && age >= GRACE.noClass) {
    const what =
      wanted === undefined || wanted === ""
        ? `PVC ${claim.metadata.name} names no StorageClass and the cluster has no default`
        : `StorageClass ${wanted} does not exist (PVC ${claim.metadata.name})`;
    return `${what} — ${existing(classes)}`;
  }
  const failed = eventsOf(snapshot, claim.metadata, "ProvisioningFailed", "FailedBinding").at(-1);
  if (failed !== undefined && age >= GRACE.failing) {
    return `the volume of PVC ${claim.metadata.name} cannot be made: ${oneLine(failed.message ?? "")} — see: kubectl -n ${snapshot.namespace} describe pvc ${claim.metadata.name}`;
  }
  const asked = eventsOf(snapshot, claim.metadata, "ExternalProvisioning").length > 0;
  const begun = eventsOf(snapshot, claim.metadata, "Provisioning").length > 0;
  if (asked && !begun && age >= GRACE.noProvisioner) {
    const provisioner =
      known === undefined ? "no provisioner" : `no provisioner ${known.provisioner}`;
    return `${provisioner} answers for StorageClass ${wanted ?? ""} (PVC ${claim.metadata.name} has waited ${String(Math.round(age))} s) — install it, or take another class: pulumi config set storageClass NAME`;
  }
  return null;
}

function existing(classes: NonNullable<Snapshot["storageClasses"]>): string {
  const [first] = classes;
  const byDefault = classes.find((one) => one.metadata.annotations?.[DEFAULT] === "true");
  if (first === undefined) {
    return "the cluster has none: install a provisioner, then pulumi config set storageClass NAME";
  }
  const names = classes.map(
    ({ metadata }) =>
      metadata.name + (metadata.annotations?.[DEFAULT] === "true" ? " (default)" : ""),
  );
  return `there are: ${names.join(", ")} — pulumi config set storageClass ${(byDefault ?? first).metadata.name}`;
}
