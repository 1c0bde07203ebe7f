import { amountOf } from "../../settings/quantity.ts";
import type { Refusal } from "./refusal.ts";
import { resourceCommand } from "./resourceCommand.ts";

/** Bytes of a mebibyte. */
const MEBIBYTE = 2 ** 20;

/** Command that lets the pods in that a quota refuses. */
export function quotaRemedy({ namespace, role, missing, message }: Refusal): string | undefined {
  const [, quota = "", must = ""] =
    /failed quota: ([^:]+): must specify ([^;]+)/.exec(message) ?? [];
  if (quota !== "") {
    return must.includes("limits.cpu") ? resourceCommand(role, "cpuLimit", "2") : undefined;
  }
  const [, name = "", asked = "", used = "", most = ""] =
    /exceeded quota: ([^,]+), requested: (\S+), used: (\S+), limited: (\S+)/.exec(message) ?? [];
  if (name === "") return undefined;
  const [requested, inUse, limited] = [asked, used, most].map(amounts);
  const hard = Object.entries(limited ?? {}).flatMap(([resource, limit]) => {
    const needed = number(inUse?.[resource]) + missing * number(requested?.[resource]);
    return needed > number(limit) ? [[resource, quantity(resource, needed)]] : [];
  });
  const patch = JSON.stringify({ spec: { hard: Object.fromEntries(hard) as object } });
  return `raise it: kubectl -n ${namespace} patch resourcequota ${name} --type merge -p '${patch}'`;
}

/** Reads `memory=64Mi,pods=1`. */
function amounts(list: string): Readonly<Record<string, string>> {
  return Object.fromEntries(list.split(",").map((one) => one.split("=", 2) as [string, string]));
}

function number(quantity = "0"): number {
  return amountOf(quantity);
}

function quantity(resource: string, value: number): string {
  if (/memory|storage/.test(resource)) return `${Math.ceil(value / MEBIBYTE)}Mi`;
  return Number.isInteger(value) ? String(value) : `${Math.ceil(value * 1000)}m`;
}
