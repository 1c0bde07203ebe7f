import { join } from "node:path";

import { title } from "../manifest.ts";
import { objectIn, report } from "../runScanner.ts";
import type { Finding, Scanner } from "../scanner.ts";

/** What of kube-score's report is read here. */
export interface ScoredObject {
  readonly file_name: string;
  readonly checks: readonly {
    readonly check: { readonly id: string };
    /** 10 is fine; 7, 5 and 1 are ever worse. */
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly summary: string }[] | null;
  }[];
}

/** The Kubernetes that the embedded cluster runs. */
export const KUBERNETES = "v1.34";

export const kubeScore: Scanner = {
  name: "kube-score",
  what: "kube-score's default checks, each failing once for each thing it asks for, warnings too",
  scan: async ({ objects, folder }) => {
    const files = objects.map((object) => join(folder, `${title(object)}.yaml`));
    const options = ["--output-format", "json", "--kubernetes-version", KUBERNETES];
    return findings(await report<ScoredObject[]>("kube-score", ["score", ...options, ...files]));
  },
};

/** A check that fails is as many findings as it has comments, so that one can be ignored without the others. */
export function findings(scored: readonly ScoredObject[]): Finding[] {
  return scored.flatMap(({ file_name, checks }) => {
    const object = objectIn(file_name);
    return checks
      .filter(({ skipped }) => !skipped)
      .flatMap(({ check: { id }, grade, comments }): Finding[] => {
        if (grade === 10) return [{ object, rule: id, passed: true }];
        const rules = (comments ?? []).map(({ summary }) => `${id}: ${summary}`);
        return [...new Set(rules.length > 0 ? rules : [id])].map((rule) => ({
          ...{ object, rule, passed: false },
        }));
      });
  });
}
