import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";

import { hardening } from "./rules/hardening.ts";
import { host } from "./rules/host.ts";
import { ownPods } from "./rules/ownPods.ts";
import { privileges } from "./rules/privileges.ts";
import { token } from "./rules/token.ts";

/** Rules on what protects a pod; they read nothing that only an update knows. */
const RULES: readonly ResourceValidationPolicy[] = [privileges, host, hardening, token, ownPods];

/** Sentences with which the pack would refuse a pod's template, for those who preview without it. */
export function podFaults(template: object): string[] {
  const said: string[] = [];
  const resource = { type: "kubernetes:core/v1:Pod", props: template };
  for (const { validateResource } of RULES) {
    if (typeof validateResource !== "function") continue;
    void validateResource(resource as ResourceValidationArgs, (sentence) => said.push(sentence));
  }
  return said;
}
