import { quotaCommand } from "../../kube/quota.ts";
import type { Refusal } from "./refusal.ts";
import { resourceCommand } from "./resourceCommand.ts";

/** Command that lets the pods in that a quota refuses. */
export function quotaRemedy({ namespace, role, missing, message }: Refusal): string | undefined {
  const [, quota = "", must = ""] =
    /failed quota: ([^:]+): must specify ([^;]+)/.exec(message) ?? [];
  if (quota !== "") {
    return must.includes("limits.cpu") ? resourceCommand(role, "cpuLimit", "2") : undefined;
  }
  const command = quotaCommand(namespace, message, missing);
  return command === undefined ? undefined : `raise it: ${command}`;
}
