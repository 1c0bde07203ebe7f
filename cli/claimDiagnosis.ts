import type { V1PersistentVolumeClaim, V1StorageClass } from "@kubernetes/client-node";
import type { Observation } from "./cluster.ts";
import { eventsOf, seconds, sentence } from "./evidence.ts";

const PATIENCE = 60;
// A volume of a cloud may take its time.
const PROVISIONER_PATIENCE = 120;
const DEFAULT = "storageclass.kubernetes.io/is-default-class";

/** Why a PersistentVolumeClaim gets no volume; null when it has one or may still get it. */
export function claimTrouble(
  claim: V1PersistentVolumeClaim,
  seen: Observation,
  now: Date,
): string | null {
  const name = `volume claim ${claim.metadata?.name}`;
  if (claim.status?.phase === "Lost") {
    return sentence(`${name} has lost its volume`, "run `pulumi destroy`, then `pulumi up`");
  }
  if (claim.status?.phase !== "Pending") return null;
  const classes = seen.storageClasses;
  const wanted = claim.spec?.storageClassName;
  if (classes !== null) {
    const missing = missingClass(wanted, classes);
    // A claim without a class gets the default one from admission, also later when one appears.
    if (missing !== null) return sentence(`${name} ${missing}`, pick(classes));
  }
  const age = seconds(claim.metadata?.creationTimestamp, now);
  const events = eventsOf(claim, seen.events);
  const failed = events.find(({ reason }) => reason === "ProvisioningFailed");
  if (failed !== undefined && age > PATIENCE) {
    return sentence(`${name} gets no volume: ${failed.message ?? ""}`, "mend its provisioner");
  }
  const asked = events.find(({ reason }) => reason === "ExternalProvisioning");
  if (asked !== undefined && age > PROVISIONER_PATIENCE) {
    const provisioner = classes?.find((one) => one.metadata?.name === wanted)?.provisioner;
    return sentence(
      `${name} has waited ${age} s for provisioner ${provisioner ?? "of its StorageClass"}, which does not answer`,
      "start that provisioner, or `pulumi config set storageClass` to another StorageClass",
    );
  }
  return null;
}

function missingClass(
  wanted: string | undefined,
  classes: readonly V1StorageClass[],
): string | null {
  if (wanted === "") return null;
  if (wanted === undefined) {
    const usual = classes.some(({ metadata }) => metadata?.annotations?.[DEFAULT] === "true");
    return usual ? null : `asks for the default StorageClass, and the cluster has none`;
  }
  return classes.some(({ metadata }) => metadata?.name === wanted)
    ? null
    : `asks for StorageClass "${wanted}", which does not exist`;
}

function pick(classes: readonly V1StorageClass[]): string {
  const names = classes.map(({ metadata }) => metadata?.name ?? "");
  return names.length === 0
    ? "the cluster has no StorageClass: install one"
    : `the cluster has: ${names.join(", ")} — \`pulumi config set storageClass ${names[0]}\``;
}
