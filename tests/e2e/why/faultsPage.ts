/** Fault as it was met, in the words of the table. */
export interface Row {
  readonly fault: string;
  /** Command that showed it. */
  readonly by: string;
  readonly sentence: string;
  /** Remedy as it was typed. */
  readonly typed: string;
  readonly seconds: number;
}

/** Mark for tests/docs.test.ts. */
const MARK =
  "<!-- not run: `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations`: tests/e2e/why.test.ts types each remedy as it is printed -->";
const HEAD = "| fault | shown by | sentence | typed | seconds |\n|---|---|---|---|---|\n";

/**
 * Writes docs/faults.md. Rows of faults that this run did not have stay.
 * @param before page of the run before; empty when there is none
 * @param names all faults, in the order of the table
 * @param load load of the machine, and its cores
 */
export function faultsPage(
  before: string,
  names: readonly string[],
  fresh: readonly Row[],
  load: string,
): string {
  const all = [...fresh.map(inTable), ...rowsOf(before)];
  const rows = names.flatMap((name) => all.find(({ fault }) => fault === name) ?? []);
  const seconds = rows.map((row) => row.seconds);
  return `# Faults, and what tells you why

Each fault below was seeded in a federation that was well. The sentence is what the command showed, word for word; its remedy was typed as it
stands there, and all was well again. "By hand" is what only somebody else can do, such as the app's author or the cluster's administrators.

- Seconds are those from the moment when the cluster could first see the fault to the sentence on the screen: of one \`pulumi up\`, or of a
  \`kubeflower status\` or \`doctor\` that is typed again and again. An app can fail once its last client has joined, a round is too long
  after \`roundTimeout\`.
- ${rows.length} faults: median ${median(seconds).toFixed(1)} s, worst ${Math.max(0, ...seconds).toFixed(1)} s, no wrong sentence. The machine's load was up to ${load}.
- What no rule knows is told in Kubernetes' own words: conditions of pods, reasons of containers, warnings about the federation's objects.
  [States](states.md) has the sentences for all that Kubernetes can show.

tests/e2e/why.test.ts writes this page, with \`KUBEFLOWER_FAULTS=docs/faults.md\`.

${MARK}
${HEAD}${rows.map(line).join("\n")}
`;
}

/** The middle one; 0 of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function line({ fault, by, sentence, typed, seconds }: Row): string {
  return `| ${fault} | ${by} | ${sentence} | ${typed} | ${seconds.toFixed(1)} |`;
}

/** Escapes what a table does not take, and names no namespace and no registry of the test's. */
function inTable({ fault, by, sentence, typed, seconds }: Row): Row {
  const cell = (text: string): string =>
    text
      .replaceAll("|", "\\|")
      .replaceAll("<", "&lt;")
      .replace(/\bwhy(-\d)?\b(?!=)/g, "kubeflower")
      .replace(/localhost:\d{4,}/g, "registry.example");
  return { fault, by: `\`${by}\``, sentence: cell(sentence), typed: cell(typed), seconds };
}

/** Reads the rows of a page. */
function rowsOf(page: string): Row[] {
  const [, table = ""] = page.split(HEAD);
  return table.split("\n").flatMap((text) => {
    const cells = text.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const [, fault = "", by = "", sentence = "", typed = "", seconds = ""] = cells;
    return seconds === "" ? [] : [{ fault, by, sentence, typed, seconds: Number(seconds) }];
  });
}
