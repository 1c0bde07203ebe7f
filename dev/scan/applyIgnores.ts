import type { Ignore } from "./ignores.ts";
import type { Finding } from "./scanner.ts";

/** A finding with the scanner that made it. */
export interface Verdict extends Finding {
  /** Name of the scanner. */
  readonly scanner: string;
  /** Why its failure is accepted; undefined when it is not. */
  readonly ignored?: string;
}

/** One rule of one scanner that is ignored for one object. */
interface Exception {
  readonly object: string;
  readonly scanner: string;
  readonly rule: string;
  readonly reason: string;
}

/** Marks accepted failures among the findings, and lists the ignores that match no failure, as sentences. */
export function applyIgnores(
  findings: readonly Verdict[],
  ignores: readonly Ignore[],
): { readonly verdicts: Verdict[]; readonly unused: string[] } {
  const exceptions = ignores.flatMap(exceptionsOf);
  const used = new Set<Exception>();
  const verdicts = findings.map((finding) => {
    const exception = exceptions.find(
      ({ object, scanner, rule }) =>
        object === finding.object && scanner === finding.scanner && rule === finding.rule,
    );
    if (finding.passed || exception === undefined) return finding;
    used.add(exception);
    return { ...finding, ignored: exception.reason };
  });
  const unused = exceptions.filter((exception) => !used.has(exception));
  return {
    verdicts,
    unused: unused.map(
      ({ object, scanner, rule }) =>
        `${object}: ${scanner}'s "${rule}" is ignored and does not fail — allowed: ignores of what fails — take it out of dev/scan/ignores.ts`,
    ),
  };
}

function exceptionsOf({ objects, rules, reason }: Ignore): Exception[] {
  return objects.flatMap((object) =>
    Object.entries(rules).map(([scanner, rule]) => ({ object, scanner, rule, reason })),
  );
}
