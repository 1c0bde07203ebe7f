import { Refused } from "../../../kube/errors.ts";
import { resourceCommand } from "../../diagnosis/resourceCommand.ts";
import type { ClusterCheck } from "../check.ts";
import { claimDemand } from "../claimDemand.ts";
import { demands, type Demand } from "../demand.ts";
import { fault, ok, type Finding } from "../finding.ts";
import type { Quantities, Quota, Range } from "../quota.ts";
import { amountText, claimFault } from "./claimFault.ts";
import type { Patient } from "../patient.ts";
import { amountOf } from "../../../contract/quantity.ts";

/** Checks that the namespace's quotas and limit ranges let in what is still to be made: pods and the volume. */
export const quotas: ClusterCheck = {
  name: "quotas",
  run: async (patient) => {
    const { namespace } = patient.place;
    const [found, ranges, snapshot] = await Promise.all([
      list<Quota>(patient, "resourcequotas"),
      list<Range>(patient, "limitranges"),
      patient.snapshot(),
    ]);
    const demand = demands(snapshot, patient.settings);
    const claim = await claimDemand(patient, snapshot);
    return (
      rangeFault(namespace, ranges, demand) ??
      quotaFault(namespace, found, ranges, demand) ??
      (claim === null ? null : claimFault(namespace, found, ranges, claim)) ??
      ok(
        `${found.length + ranges.length} quotas and limit ranges are in namespace ${namespace}; none keeps a pod or the volume out`,
      )
    );
  },
};

async function list<T>({ cluster, place }: Patient, kind: string): Promise<readonly T[]> {
  try {
    const path = `/api/v1/namespaces/${place.namespace}/${kind}`;
    return (await cluster.get<{ items: T[] }>(path, 4.5)).object.items;
  } catch (error) {
    if (error instanceof Refused && error.code === 404) return [];
    throw error;
  }
}

/** Finds a quota that has no room for the pods that are still to be made; null when all have. */
export function quotaFault(
  namespace: string,
  quotas: readonly Quota[],
  ranges: readonly Range[],
  demand: readonly Demand[],
): Finding | null {
  const missing = demand.filter(({ pods }) => pods > 0);
  // A quota with scopes counts some pods only, which depends on more than is known here.
  for (const { metadata, spec, status } of quotas) {
    if (spec?.scopes !== undefined || spec?.scopeSelector !== undefined) continue;
    for (const [key, hard] of Object.entries(status?.hard ?? {})) {
      const isUnlimited = missing.some(({ limits }) => limits.cpu === undefined);
      if (key === "limits.cpu" && isUnlimited && defaultCpu(ranges) === undefined) {
        return noCpuLimit(metadata.name);
      }
      const left = amountOf(hard) - amountOf(status?.used?.[key] ?? "0");
      const needed = missing.reduce((sum, one) => sum + one.pods * ofQuota(key, one), 0);
      if (needed > 0 && needed > left) {
        return tooMuch(namespace, metadata.name, key, { needed, left }, missing);
      }
    }
  }
  return null;
}

function ofQuota(key: string, { requests, limits }: Demand): number {
  if (key === "pods" || key === "count/pods") return 1;
  if (key.startsWith("limits.")) return limits[key.slice("limits.".length)] ?? 0;
  return requests[key.replace(/^requests\./, "")] ?? 0;
}

function tooMuch(
  namespace: string,
  quota: string,
  key: string,
  { needed, left }: { readonly needed: number; readonly left: number },
  missing: readonly Demand[],
): Finding {
  const pods = missing.reduce((sum, one) => sum + one.pods, 0);
  return fault(
    `quota ${quota} has ${amountText(key, left)} of ${key} left, and the ${pods} pods to be made need ${amountText(key, needed)}`,
    `raise it: kubectl -n ${namespace} edit resourcequota ${quota}`,
  );
}

function noCpuLimit(quota: string): Finding {
  return fault(
    `quota ${quota} asks each pod for a CPU limit, which the stack's pods do not have, and no LimitRange gives them one`,
    (["server", "client"] as const)
      .map((role) => resourceCommand(role, "cpuLimit", "2"))
      .join(" && "),
  );
}

/** CPU limit that a container gets by default; undefined when it gets none. */
function defaultCpu(ranges: readonly Range[]): string | undefined {
  const all = ranges.flatMap(({ spec }) => spec?.limits ?? []);
  return all.find(({ type, default: { cpu } = {} }) => type === "Container" && cpu !== undefined)
    ?.default?.cpu;
}

/** Finds a LimitRange that the pods do not fit; null when they fit all. */
export function rangeFault(
  namespace: string,
  ranges: readonly Range[],
  demand: readonly Demand[],
): Finding | null {
  const limits = ranges.flatMap(({ metadata, spec }) =>
    (spec?.limits ?? []).map((limit) => ({ range: metadata.name, ...limit })),
  );
  for (const one of demand.filter(({ pods }) => pods > 0)) {
    for (const { range, type, min = {}, max = {}, default: given = {} } of limits) {
      if (type !== "Container" && type !== "Pod") continue;
      const found = misfit(one, { min, max, given: type === "Container" ? given : {} });
      if (found === null) continue;
      return fault(
        `LimitRange ${range} keeps the ${one.role}'s pod out: ${found.text}`,
        found.quantity === undefined
          ? `kubectl -n ${namespace} edit limitrange ${range}`
          : resourceCommand(one.role, SETTING[found.resource] ?? found.resource, found.quantity),
      );
    }
  }
  return null;
}

/** Keys of a setting by resource, where it has another name. */
const SETTING: Readonly<Record<string, string>> = { "ephemeral-storage": "ephemeralStorage" };

interface Misfit {
  readonly text: string;
  readonly resource: string;
  /** Quantity that would fit. */
  readonly quantity: string | undefined;
}

function misfit(
  { requests, limits }: Demand,
  {
    min,
    max,
    given,
  }: { readonly min: Quantities; readonly max: Quantities; readonly given: Quantities },
): Misfit | null {
  for (const [resource, most] of Object.entries(max)) {
    if ((limits[resource] ?? 0) > amountOf(most)) {
      return { text: `its ${resource} may be ${most} at most`, resource, quantity: most };
    }
  }
  for (const [resource, least] of Object.entries(min)) {
    if ((requests[resource] ?? Infinity) < amountOf(least)) {
      // No setting has this request.
      const quantity = resource === "ephemeral-storage" ? undefined : least;
      return { text: `its ${resource} must be ${least} at least`, resource, quantity };
    }
  }
  const cpu = given.cpu ?? max.cpu;
  if (cpu !== undefined && (requests.cpu ?? 0) > amountOf(cpu)) {
    return { text: `its cpu may be ${cpu} at most`, resource: "cpu", quantity: cpu };
  }
  return null;
}
