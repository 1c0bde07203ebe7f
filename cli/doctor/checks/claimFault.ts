import type { ClaimDemand } from "../claimDemand.ts";
import { fault, type Finding } from "../finding.ts";
import type { Quota, Range } from "../quota.ts";
import { amountOf } from "../../../contract/quantity.ts";

/** Part of a quota's key that names a StorageClass before it, as in `fast.storageclass.storage.k8s.io/requests.storage`. */
const OF_CLASS = ".storageclass.storage.k8s.io/";

/** Finds a limit range or a quota that keeps the server's claim out; null when none does. */
export function claimFault(
  namespace: string,
  quotas: readonly Quota[],
  ranges: readonly Range[],
  claim: ClaimDemand,
): Finding | null {
  return claimRangeFault(ranges, claim) ?? claimQuotaFault(namespace, quotas, claim);
}

function claimRangeFault(ranges: readonly Range[], { storage }: ClaimDemand): Finding | null {
  for (const { metadata, spec } of ranges) {
    for (const { type, min = {}, max = {} } of spec?.limits ?? []) {
      if (type !== "PersistentVolumeClaim") continue;
      const what = `LimitRange ${metadata.name} keeps the server's volume of ${storage} out`;
      if (max.storage !== undefined && amountOf(storage) > amountOf(max.storage)) {
        const remedy = `pulumi config set storage ${max.storage}`;
        return fault(`${what}: it may have ${max.storage} at most`, remedy);
      }
      if (min.storage !== undefined && amountOf(storage) < amountOf(min.storage)) {
        const remedy = `pulumi config set storage ${min.storage}`;
        return fault(`${what}: it must have ${min.storage} at least`, remedy);
      }
    }
  }
  return null;
}

function claimQuotaFault(
  namespace: string,
  quotas: readonly Quota[],
  claim: ClaimDemand,
): Finding | null {
  for (const { metadata, status } of quotas) {
    for (const [key, hard] of Object.entries(status?.hard ?? {})) {
      const left = amountOf(hard) - amountOf(status?.used?.[key] ?? "0");
      const needed = ofQuota(key, claim);
      if (needed <= left || needed === 0) continue;
      return fault(
        `quota ${metadata.name} has ${amountText(key, left)} of ${key} left, and the server's volume needs ${amountText(key, needed)}`,
        `raise it: kubectl -n ${namespace} edit resourcequota ${metadata.name}`,
      );
    }
  }
  return null;
}

/** Amount of a quota's key that the claim takes. */
function ofQuota(key: string, { storage, storageClass }: ClaimDemand): number {
  const [ofClass = "", classKey] = key.split(OF_CLASS);
  if (classKey !== undefined && ofClass !== storageClass) return 0;
  switch (classKey ?? key) {
    case "persistentvolumeclaims":
    case "count/persistentvolumeclaims":
      return 1;
    case "requests.storage":
      return amountOf(storage);
    default:
      return 0;
  }
}

/** Prints an amount of a quota's key: `512Mi` of memory or storage, `0.75` of others. */
export function amountText(key: string, value: number): string {
  return /memory|storage$/.test(key)
    ? `${Math.floor(Math.max(0, value) / 2 ** 20)}Mi`
    : String(Math.round(value * 1000) / 1000);
}
