import { NAMES } from "../contract/names.ts";
import type { Claim } from "./diagnosis/objects.ts";

/** Claims of the stack's own that hold no data: the server's, and those of folders elsewhere. */
const OURS = new RegExp(`^(${NAMES.server}(-[0-9a-f]{8})?|flower-data-[0-9a-f]{8})$`);

/**
 * Says which claims with data a destroy deletes with the namespace, or leaves in it. Pure.
 * @param deletes whether the namespace goes, with all its claims
 */
export function dataClaimLines(
  claims: readonly Claim[],
  namespace: string,
  deletes: boolean,
): string[] {
  const data = claims.filter(({ metadata }) => !OURS.test(metadata.name));
  // Claims of others stay as they are in a namespace that stays.
  const ours = deletes
    ? data
    : data.filter(({ metadata }) => metadata.labels?.app === NAMES.client);
  if (ours.length === 0) return [];
  const names = ours.map(({ metadata }) => metadata.name);
  const lines = ours.map(({ metadata, status }) => {
    const size = status?.capacity?.storage;
    return `  ${metadata.name}${size === undefined ? "" : ` (${size})`}`;
  });
  return deletes
    ? [`these claims go with namespace ${namespace}, and the files in them:`, ...lines]
    : [
        `these claims of clients stay in namespace ${namespace} with their files, for a stack that has such data again:`,
        ...lines,
        `when nobody needs them: kubectl -n ${namespace} delete pvc ${names.join(" ")}`,
      ];
}
