import { SETTINGS } from "../../settings/table.ts";
import type { StorageClass } from "../diagnosis/objects.ts";
import type { Snapshot } from "../diagnosis/snapshot.ts";
import { isDefault } from "../diagnosis/storageFault.ts";
import { setting, type Patient } from "./patient.ts";

/** The server's volume, when its claim is still to be made. */
export interface ClaimDemand {
  /** Size of the volume, such as `1Gi`. */
  readonly storage: string;
  /** Name of its StorageClass; undefined when that is not known. */
  readonly storageClass: string | undefined;
}

/** Computes what the server's claim will ask for; null when it is there. */
export async function claimDemand(
  patient: Patient,
  snapshot: Snapshot | null,
): Promise<ClaimDemand | null> {
  if ((snapshot?.objects.claims.length ?? 0) > 0) return null;
  return {
    storage: setting(patient, "storage") ?? String(SETTINGS.storage.default),
    storageClass: setting(patient, "storageClass") ?? (await defaultClass(patient)),
  };
}

/** Name of the cluster's default class; undefined when there is none, or when this user may not list it. */
async function defaultClass({ cluster }: Patient): Promise<string | undefined> {
  const path = "/apis/storage.k8s.io/v1/storageclasses";
  try {
    const { object } = await cluster.get<{ items: StorageClass[] }>(path, 4.5);
    return object.items.find(isDefault)?.metadata.name;
  } catch {
    return undefined;
  }
}
