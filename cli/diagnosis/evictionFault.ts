import { NAMES } from "../../contract/names.ts";
import { oneLine } from "../../kube/oneLine.ts";
import type { Cause } from "./cause.ts";
import { isServer, roleOf, type Pod } from "./objects.ts";
import { resourceCommand, twice } from "./resourceCommand.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Finds a pod that is evicted repeatedly for exceeding its ephemeral-storage limit, or null. The
 * evicted pods themselves are gone; only their events are left.
 */
export function evictionFault(snapshot: Snapshot, pod: Pod): Cause | null {
  const { limits, requests } = pod.spec.containers[0]?.resources ?? {};
  const limit = limits?.["ephemeral-storage"];
  if (limit === undefined) return null;
  // Events that name another limit are older than a change of it.
  const namesLimit = new RegExp(`[ "]${limit}\\b`);
  const evictions = snapshot.objects.events.filter(
    ({ reason, message = "", involvedObject }) =>
      reason === "Evicted" &&
      namesLimit.test(message) &&
      isPredecessor(involvedObject.name ?? "", pod),
  );
  const times = evictions.reduce((sum, { count = 1 }) => sum + count, 0);
  if (times < 2) return null;
  const why = oneLine(evictions[0]?.message ?? "");
  // GKE Autopilot lowers the limit to what is requested, so that both must rise.
  const keys =
    limit === requests?.["ephemeral-storage"]
      ? ["ephemeralStorage", "ephemeralStorageRequest"]
      : ["ephemeralStorage"];
  const more = /[GT]i?$/.test(limit) ? (twice(limit) ?? "8Gi") : "4Gi";
  const command = keys.map((key) => resourceCommand(roleOf(pod), key, more)).join(" && ");
  return {
    text: `pod ${pod.metadata.name} was evicted ${times} times: ${why} — let it write more: ${command}`,
    lasts: true,
  };
}

/** Client pods that follow each other share one name; server pods share only its beginning. */
function isPredecessor(name: string, pod: Pod): boolean {
  return isServer(pod) ? name.startsWith(`${NAMES.server}-`) : name === pod.metadata.name;
}
