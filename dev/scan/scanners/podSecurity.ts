import { podTemplate } from "../../../policy/kubernetes.ts";
import { type Manifest, title } from "../manifest.ts";
import { report } from "../runScanner.ts";
import type { Finding, Scanner } from "../scanner.ts";

/** As k8s.io/pod-security-admission has it: a check that allows the pod does not say its name. */
export interface CheckResult {
  readonly Allowed: boolean;
  readonly ForbiddenReason: string;
  readonly ForbiddenDetail: string;
}

/** Kubernetes' own judgement: what the API server would say in a namespace of that level. */
export const podSecurity: Scanner = {
  name: "Pod Security",
  what: "Kubernetes' own evaluator of the restricted Pod Security Standard, on the pods of the workloads",
  scan: async ({ objects }) => {
    const workloads = objects.filter((object) => template(object) !== undefined);
    const input = JSON.stringify(workloads.map(template));
    return findings(workloads.map(title), await report<CheckResult[][]>("pod-security", [], input));
  },
};

function template(object: Manifest) {
  return podTemplate({ type: `kubernetes:${object.apiVersion}:${object.kind}`, props: object });
}

/** The findings of workloads by the results of each. */
export function findings(
  workloads: readonly string[],
  results: readonly (readonly CheckResult[])[],
): Finding[] {
  return workloads.flatMap((object, i) =>
    (results[i] ?? []).map(
      ({ Allowed: passed, ForbiddenReason: rule, ForbiddenDetail: detail }) => ({
        ...{ object, rule, passed },
        ...(detail === "" ? {} : { detail }),
      }),
    ),
  );
}
