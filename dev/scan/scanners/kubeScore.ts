import { join } from "node:path";

import { title } from "../manifest.ts";
import { objectIn, runScanner } from "../runScanner.ts";
import type { Finding, Scanner } from "../scanner.ts";

/** The fields of kube-score's output that are read here, one entry an object. */
export interface ScoredObject {
  readonly file_name: string;
  readonly checks: readonly {
    readonly check: { readonly id: string };
    /** 10 passes; 7, 5 and 1 are increasingly severe failures. */
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly summary: string }[] | null;
  }[];
}

/** Version of Kubernetes that the embedded cluster runs. */
export const KUBERNETES = "v1.34";

export const kubeScore: Scanner = {
  name: "kube-score",
  what: "kube-score's default checks, each failing once for each thing it asks for, warnings too",
  scan: async ({ objects, folder }) => {
    const files = objects.map((object) => join(folder, `${title(object)}.yaml`));
    const options = ["--output-format", "json", "--kubernetes-version", KUBERNETES];
    return findings(
      await runScanner<ScoredObject[]>("kube-score", ["score", ...options, ...files]),
    );
  },
};

/** Turns kube-score's output into findings. A failed check gives one finding for each comment, so that each can be ignored alone. */
export function findings(scored: readonly ScoredObject[]): Finding[] {
  return scored.flatMap(({ file_name, checks }) => {
    const object = objectIn(file_name);
    return checks
      .filter(({ skipped }) => !skipped)
      .flatMap(({ check: { id }, grade, comments }): Finding[] => {
        if (grade === 10) return [{ object, rule: id, passed: true }];
        const rules = (comments ?? []).map(({ summary }) => `${id}: ${summary}`);
        return [...new Set(rules.length > 0 ? rules : [id])].map((rule) => ({
          object,
          rule,
          passed: false,
        }));
      });
  });
}
