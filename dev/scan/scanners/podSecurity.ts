import { podTemplate } from "../../../policy/kubernetes.ts";
import { type Manifest, title } from "../manifest.ts";
import { runScanner } from "../runScanner.ts";
import type { Finding, Scanner } from "../scanner.ts";

/** Result of one check of k8s.io/pod-security-admission; a check that allows the pod leaves its name out. */
export interface CheckResult {
  readonly Allowed: boolean;
  readonly ForbiddenReason: string;
  readonly ForbiddenDetail: string;
}

/** Kubernetes' own evaluator: the answer of an API server in a namespace with the restricted level. */
export const podSecurity: Scanner = {
  name: "Pod Security",
  what: "Kubernetes' own evaluator of the restricted Pod Security Standard, on the pods of the workloads",
  scan: async ({ objects }) => {
    const workloads = objects.filter((object) => template(object) !== undefined);
    const input = JSON.stringify(workloads.map(template));
    return findings(
      workloads.map(title),
      await runScanner<CheckResult[][]>("pod-security", [], input),
    );
  },
};

function template(object: Manifest) {
  return podTemplate({ type: `kubernetes:${object.apiVersion}:${object.kind}`, props: object });
}

/** Turns the results of each workload into findings. */
export function findings(
  workloads: readonly string[],
  results: readonly (readonly CheckResult[])[],
): Finding[] {
  return workloads.flatMap((object, i) =>
    (results[i] ?? []).map(
      ({ Allowed: passed, ForbiddenReason: rule, ForbiddenDetail: detail }) => ({
        object,
        rule,
        passed,
        ...(detail === "" ? {} : { detail }),
      }),
    ),
  );
}
