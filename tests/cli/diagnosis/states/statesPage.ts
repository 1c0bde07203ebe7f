/** A state as it is told. */
export interface Row {
  readonly state: string;
  /** Sentence with its remedy. */
  readonly sentence: string;
  /** Age of the state at which it is told first. */
  readonly seconds: number;
}

const HEAD = "| state | sentence | remedy | seconds |\n|---|---|---|---|\n";

/** Writes docs/states.md. */
export function statesPage(groups: readonly (readonly [string, readonly Row[]])[]): string {
  const rows = groups.flatMap(([, some]) => some);
  const seconds = rows.map((row) => row.seconds).sort((a, b) => a - b);
  const median = seconds[Math.floor(seconds.length / 2)] ?? 0;
  const tables = groups.map(
    ([name, some]) => `## ${name}\n\n${HEAD}${some.map(line).join("\n")}\n`,
  );
  return `# States of pods, volumes and nodes, and what tells you why

${rows.length} states that Kubernetes can show, by its own reasons: those of the scheduler's plugins, the kubelet, the controllers, admission
and autoscalers, as their sources list them (Kubernetes 1.34). Each sentence is what \`kubeflower status\`, \`kubeflower doctor\` and
\`pulumi up\` say of it. What nobody knows yet is told in Kubernetes' own words.

- Seconds are the age of a state from which on the rules tell it: median ${median}, worst ${seconds.at(-1) ?? 0}. A command takes about a
  second more; \`pulumi up\` looks every 3 s. [Faults](faults.md) has times measured on a cluster, and remedies that were typed there.
- The objects are written after those of clusters; the federation has a server and two clients, and needs both.

tests/cli/diagnosis/states.test.ts compares this page with what is told, and writes it: vitest's \`-u\`.

${tables.join("\n")}`;
}

function line({ state, sentence, seconds }: Row): string {
  const parts = sentence.split(" — ");
  const remedy = parts.pop() ?? "";
  const cells = [state, parts.join(" — "), remedy].map(inCell);
  return `| ${cells.join(" | ")} | ${seconds} |`;
}

/** Escapes what a table and its text do not take. */
function inCell(text: string): string {
  return text
    .replaceAll("|", "\\|")
    .replaceAll("<", "&lt;")
    .replaceAll("*", "\\*")
    .replaceAll("`", "");
}
