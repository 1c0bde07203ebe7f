import { NAMES } from "../../contract/names.ts";
import { foremost, type Cause } from "./cause.ts";
import type { Snapshot } from "./snapshot.ts";

/** Seconds within which an update changes the server and the clients, one after the other. */
const UPDATING = 8;

/** Finds what somebody has changed of the clients' StatefulSet, apart from too few pods; or null. */
export function statefulSetFault(snapshot: Snapshot): Cause | null {
  return foremost([heldClients(snapshot), surplusClients(snapshot)]);
}

/** Finds clients that keep an older template, as their StatefulSet does not give them the newest. */
function heldClients(snapshot: Snapshot): Cause | null {
  const { type, rollingUpdate } = snapshot.clients?.spec.updateStrategy ?? {};
  const partition = rollingUpdate?.partition ?? 0;
  const held = snapshot.outdatedClients().length;
  if (held === 0 || (type !== "OnDelete" && partition === 0)) return null;
  const how = type === "OnDelete" ? "type OnDelete" : `partition ${partition}`;
  return {
    text: `StatefulSet ${NAMES.client} does not give ${held} of its pods their newest template: its updateStrategy has ${how} — give it back what the stack declares: pulumi up --refresh`,
    lasts: true,
  };
}

/** Finds more clients than the run has: the server takes none of them. It ends no update. */
function surplusClients(snapshot: Snapshot): Cause | null {
  const wanted = snapshot.clientsDeclared;
  const isOld = snapshot.objects.pods.some(({ metadata, status }) => {
    const [, number = "0"] = new RegExp(`^${NAMES.client}-(\\d+)$`).exec(metadata.name) ?? [];
    return Number(number) >= wanted && snapshot.secondsSince(status?.startTime) >= UPDATING;
  });
  if (snapshot.replicas <= wanted || !isOld) return null;
  return {
    text: `StatefulSet ${NAMES.client} is scaled to ${snapshot.replicas} clients — the run has ${wanted}, and the server takes no other — kubectl -n ${snapshot.objects.namespace} scale statefulset ${NAMES.client} --replicas ${wanted}`,
    lasts: false,
  };
}
