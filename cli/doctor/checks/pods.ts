import { NAMES } from "../../../contract/names.ts";
import { diagnose } from "../../diagnosis/diagnose.ts";
import { isServer } from "../../diagnosis/objects.ts";
import type { Snapshot } from "../../diagnosis/snapshot.ts";
import type { ClusterCheck } from "../check.ts";
import { faultBy, ok, unchecked, type Finding } from "../finding.ts";

/** Checks what `up` would tell of the federation that is there. */
export const pods: ClusterCheck = {
  name: "pods",
  run: async (patient) => {
    const snapshot = await patient.snapshot();
    const { namespace } = patient.place;
    return snapshot === null
      ? unchecked(`namespace ${namespace} does not exist yet`, "pulumi up")
      : podsFinding(snapshot);
  },
};

/** Tells the cause that keeps the federation from working, or how many of its pods run. */
export function podsFinding(snapshot: Snapshot): Finding {
  const { namespace } = snapshot.objects;
  if (snapshot.server === undefined) {
    return unchecked(`there is no ${NAMES.server} in namespace ${namespace} yet`, "pulumi up");
  }
  const cause = diagnose(snapshot);
  if (cause !== null) {
    return faultBy(cause.text);
  }
  const alive = snapshot.currentPods().filter(({ status }) => status?.phase === "Running");
  const server = alive.some(isServer) ? "the server runs" : "the server does not run yet";
  const clients = alive.filter((pod) => !isServer(pod)).length;
  return ok(`${server}, and ${clients} of ${snapshot.replicas} clients`);
}
