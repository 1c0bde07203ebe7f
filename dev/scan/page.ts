import type { Ignore } from "./ignores.ts";
import type { Verdict } from "./applyIgnores.ts";
import { type Manifest, title } from "./manifest.ts";
import type { Scanner } from "./scanner.ts";

/** Objects that were scanned together, and the findings on them. */
export interface Scanned {
  readonly objects: readonly Manifest[];
  readonly verdicts: readonly Verdict[];
}

/** Text of docs/scan/README.md. */
export function markdown(
  scanners: readonly Pick<Scanner, "name" | "what">[],
  ours: Scanned,
  first: Scanned,
  ignores: readonly Ignore[],
): string {
  const names = scanners.map(({ name }) => name);
  return `# The stack's objects under scanners

\`npm run scan\` renders the stack with its defaults, by \`pulumi preview\` and without a cluster, scans what an update would create, and
writes this page. It fails when one of our objects fails anything that is not ignored below, and when an ignore ignores nothing. The
objects of the first kubeFlower ([hpn-bristol/kubeFlower](https://github.com/hpn-bristol/kubeFlower)) are scanned beside them.

${scanners.map(({ name, what }) => `- **${name}**: ${what}.`).join("\n")}

Why these: [ADR 10](../adr/0010-four-scanners.md). A cell is failures / passed / ignored; in an empty one the scanner has nothing to say
about the kind.

${table(["ours", ...names], rows(names, ours))}

${table(["the first kubeFlower's", ...names], rows(names, first))}

## What is ignored, and why

${table(["objects", "rules", "reason"], ignores.map(ignored))}

## What the first kubeFlower fails

${table(["scanner", "rule", "objects"], failures(names, first.verdicts))}
`;
}

function rows(scanners: readonly string[], { objects, verdicts }: Scanned): string[][] {
  const cells = (of: readonly Verdict[]): string[] =>
    scanners.map((scanner) => counts(of.filter((verdict) => verdict.scanner === scanner)));
  return [
    ...objects
      .map(title)
      .map((object) => [object, ...cells(verdicts.filter((it) => it.object === object))]),
    ["**all**", ...cells(verdicts)],
  ];
}

function counts(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return "";
  const passed = verdicts.filter((verdict) => verdict.passed).length;
  const ignored = verdicts.filter((verdict) => verdict.ignored !== undefined).length;
  return [verdicts.length - passed - ignored, passed, ignored].join(" / ");
}

function ignored({ objects, rules, reason }: Ignore): string[] {
  const named = Object.entries(rules).map(([scanner, rule]) => `${scanner}: ${rule}`);
  return [objects.join("<br>"), named.join("<br>"), reason];
}

/** One row for each failed rule, in the order of the scanners. */
function failures(scanners: readonly string[], verdicts: readonly Verdict[]): string[][] {
  return scanners.flatMap((scanner) => {
    const failed = verdicts.filter((it) => it.scanner === scanner && !it.passed);
    const rules = [...new Set(failed.map(({ rule }) => rule))].sort();
    return rules.map((rule) => {
      const objects = failed.filter((it) => it.rule === rule).map(({ object }) => object);
      return [scanner, rule, objects.sort().join("<br>")];
    });
  });
}

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)].join("\n");
}
