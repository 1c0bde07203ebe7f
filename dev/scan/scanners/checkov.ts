import { objectIn, runScanner } from "../runScanner.ts";
import type { Finding, Scanner } from "../scanner.ts";

interface Check {
  readonly check_id: string;
  readonly check_name: string;
  readonly file_path: string;
}

/** The fields of checkov's output that are read here. */
export interface CheckovReport {
  readonly results: {
    readonly passed_checks: readonly Check[];
    readonly failed_checks: readonly Check[];
  };
}

export const checkov: Scanner = {
  name: "checkov",
  what: "checkov's checks of Kubernetes objects",
  scan: async ({ folder }) => {
    const options = ["--framework", "kubernetes", "--output", "json", "--compact"];
    // Skip the vendor's online severities and guidelines.
    const args = ["--directory", folder, ...options, "--skip-download"];
    return findings(await runScanner<CheckovReport>("checkov", args));
  },
};

/** Turns checkov's output into findings; those on a workload's pods count for the workload. */
export function findings({ results: { passed_checks, failed_checks } }: CheckovReport): Finding[] {
  const finding = (passed: boolean) => (check: Check) => ({
    object: objectIn(check.file_path),
    rule: `${check.check_id} ${check.check_name}`,
    passed,
  });
  return [...passed_checks.map(finding(true)), ...failed_checks.map(finding(false))];
}
