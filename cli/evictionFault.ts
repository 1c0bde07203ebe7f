import { NAMES } from "../contract/names.ts";
import { oneLine } from "../kube/oneLine.ts";
import { isServer, type Event, type Pod, type Snapshot } from "./snapshot.ts";

/**
 * A pod that is put out again and again as it writes more than it may; or null. The pods before it
 * are gone, and only their events tell.
 */
export function evictionFault(snapshot: Snapshot, pod: Pod): string | null {
  const limit = pod.spec.containers[0]?.resources?.limits?.["ephemeral-storage"];
  if (limit === undefined) return null;
  // Another limit is the one of before it was changed.
  const told = new RegExp(`[ "]${limit}\\b`);
  const ends = snapshot.events.filter(
    ({ reason, message = "", involvedObject }) =>
      reason === "Evicted" && told.test(message) && isPredecessor(involvedObject.name ?? "", pod),
  );
  const times = ends.reduce((sum, { count = 1 }: Event) => sum + count, 0);
  if (times < 2) return null;
  const key = isServer(pod) ? "serverResources" : "clientResources";
  const [, size = "", unit = ""] = /^([\d.]+)(\w*)$/.exec(limit) ?? [];
  return (
    `pod ${pod.metadata.name} was evicted ${String(times)} times: ` +
    `${oneLine(ends[0]?.message ?? "").replace(/\.$/, "")} — let it write more: ` +
    `pulumi config set --path ${key}.ephemeralStorage ${String(Number(size) * 2)}${unit}`
  );
}

/** A client's pods all have its name; each of the server's has another. */
function isPredecessor(name: string, pod: Pod): boolean {
  return isServer(pod) ? name.startsWith(`${NAMES.server}-`) : name === pod.metadata.name;
}
