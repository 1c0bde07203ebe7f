import { amountOf } from "../contract/quantity.ts";

/** Bytes of a mebibyte. */
const MEBIBYTE = 2 ** 20;

/**
 * Command that raises a ResourceQuota as far as the API server's words ask for; undefined where they
 * are of something else.
 * @param words refusal of one object
 * @param count objects that the namespace lacks, each as the refused one
 */
export function quotaCommand(namespace: string, words: string, count: number): string | undefined {
  const [, name = "", asked = "", used = "", most = ""] =
    /exceeded quota: ([^,]+), requested: (\S+), used: (\S+), limited: (\S+)/.exec(words) ?? [];
  if (name === "") return undefined;
  const [requested, inUse, limited] = [asked, used, most].map(amounts);
  const hard = Object.entries(limited ?? {}).flatMap(([resource, limit]) => {
    const needed =
      amountOf(inUse?.[resource] ?? "0") + count * amountOf(requested?.[resource] ?? "0");
    return needed > amountOf(limit) ? [[resource, quantity(resource, needed)]] : [];
  });
  const patch = JSON.stringify({ spec: { hard: Object.fromEntries(hard) as object } });
  return `kubectl -n ${namespace} patch resourcequota ${name} --type merge -p '${patch}'`;
}

/** Reads `memory=64Mi,pods=1`. */
function amounts(list: string): Readonly<Record<string, string>> {
  return Object.fromEntries(list.split(",").map((one) => one.split("=", 2) as [string, string]));
}

function quantity(resource: string, value: number): string {
  if (/memory|storage/.test(resource)) return `${Math.ceil(value / MEBIBYTE)}Mi`;
  return Number.isInteger(value) ? String(value) : `${Math.ceil(value * 1000)}m`;
}
