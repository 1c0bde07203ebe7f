import type { StorageClass } from "../../diagnosis/objects.ts";
import { isDefault, otherClasses } from "../../diagnosis/storageFault.ts";
import type { ClusterCheck } from "../check.ts";
import { fault, ok, type Finding } from "../finding.ts";
import { setting } from "../patient.ts";

/** Checks that the server's volume has a StorageClass that makes it. */
export const storageClass: ClusterCheck = {
  name: "storage class",
  run: async (patient) => {
    const path = "/apis/storage.k8s.io/v1/storageclasses";
    const [{ object }, snapshot] = await Promise.all([
      patient.cluster.get<{ items: StorageClass[] }>(path, 4.5),
      patient.snapshot(),
    ]);
    const claim = snapshot?.objects.claims[0];
    const wanted = setting(patient, "storageClass") ?? claim?.spec.storageClassName;
    const found = classFinding(object.items, wanted);
    return found.state === "fault" && claim?.status?.phase === "Bound"
      ? ok(`the server's volume is there, and of a StorageClass that is not: it cannot grow`)
      : found;
  },
};

/** @param wanted name of the class; undefined: the cluster's default */
export function classFinding(
  classes: readonly StorageClass[],
  wanted: string | undefined,
): Finding {
  const found =
    wanted === undefined
      ? classes.find(isDefault)
      : classes.find(({ metadata }) => metadata.name === wanted);
  if (found === undefined) {
    const what =
      wanted === undefined
        ? "the cluster has no default StorageClass"
        : `StorageClass ${wanted} does not exist`;
    const [there = "", ...remedy] = otherClasses(classes).split(" — ");
    return remedy.length === 0
      ? fault(what, there)
      : fault(`${what}; ${there}`, remedy.join(" — "));
  }
  const grows = found.allowVolumeExpansion === true;
  return ok(
    `StorageClass ${found.metadata.name}${isDefault(found) ? " (default)" : ""} is there; its volumes ${grows ? "can" : "cannot"} grow`,
  );
}
