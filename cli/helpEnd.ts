import { EXIT } from "./fault.ts";

/** Examples by verb: what one types, without the program's name, and what that gives. */
export const EXAMPLES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  status: [
    ["status", "the run of the folder's stack"],
    ["status --context lab --namespace team --json", "for a program, of another place"],
  ],
  follow: [["follow --run dec44c305616 --timeout 600", "for ten minutes at most"]],
  events: [["events dec44c", "of an earlier run"]],
  logs: [
    ["logs client 3 --since 10m", "of one client"],
    ["logs all --out logs", "a file for each pod"],
  ],
  runs: [["runs", "all runs on the volume"]],
  results: [
    ["results", "into results/<run>"],
    ["results dec44c --out lab/best", "of an earlier run"],
  ],
  stop: [["stop --timeout 60", "wait a minute for the round's end"]],
  report: [
    ["report --live", "a page that renews itself"],
    ["report results/dec44c305616", "of fetched results, without a cluster"],
  ],
  verify: [["verify results/dec44c305616", "are the files as they were?"]],
  diff: [["diff dec44c results/0123456789ab", "of the server's run and a fetched one"]],
  repeat: [
    ["repeat results/dec44c305616", "as commands to read"],
    ["repeat results/dec44c305616 --set", "then `pulumi up`"],
  ],
  doctor: [["doctor --probe", "also look whether network policies hold"]],
  completion: [["completion bash > ~/.kubeflower.bash", "a file for ~/.bashrc to source"]],
};

const CODES = {
  0: "done",
  [EXIT.failed]: "failed, or the run has",
  [EXIT.unreached]: "not reached or not allowed",
  [EXIT.timeout]: "timed out",
  [EXIT.usage]: "wrong usage",
  [EXIT.interrupted]: "ended by Ctrl-C",
};

/** Writes the end of a verb's help: its examples, and the exit codes, which all verbs share. */
export function helpEnd(program: string, verb?: string): string {
  const rows = (verb === undefined ? [] : (EXAMPLES[verb] ?? [])).map(
    ([words, what]) => [`  ${program} ${words}`, what] as const,
  );
  const width = Math.max(0, ...rows.map(([typed]) => typed.length));
  const examples = rows.map(([typed, what]) => `${typed.padEnd(width)}  # ${what}`);
  const codes = Object.entries(CODES).map(([code, what]) => `${code.padStart(5)}  ${what}`);
  return [
    ...(examples.length === 0 ? [] : ["", "Examples:", ...examples]),
    "",
    "Exit codes:",
    ...codes,
  ].join("\n");
}
