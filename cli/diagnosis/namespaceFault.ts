import { oneLine } from "../../kube/oneLine.ts";
import type { Cause } from "./cause.ts";
import type { Snapshot } from "./snapshot.ts";

/** Conditions of an ending namespace that say what it waits for. */
const WAITS = /Remaining$|Failure$/;

/** Finds that the namespace is being deleted, and what it waits for; or null. */
export function namespaceFault({ objects }: Snapshot): Cause | null {
  const { metadata, status } = objects.home ?? {};
  if (metadata?.deletionTimestamp === undefined) return null;
  const waits = status?.conditions?.find((one) => one.status === "True" && WAITS.test(one.type));
  const why = waits?.message === undefined ? "" : ` (${oneLine(waits.message)})`;
  const { name } = metadata;
  // Nobody can take a deletion back.
  return {
    text: `namespace ${name} is being deleted, with everything in it${why} — nothing can be made there before it is gone — kubectl wait --for=delete namespace/${name} --timeout=5m && pulumi up --refresh`,
    lasts: true,
  };
}
