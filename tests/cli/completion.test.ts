import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { Command } from "commander";
import { expect, test } from "vitest";

import { completion } from "../../cli/completion.ts";

const run = promisify(execFile);
const program = new Command("kubeflower");
program
  .command("status")
  .description("show the server's run: and more")
  .option("--json", "print one JSON document")
  .option("--context <name>", "context [of the kubeconfig]");
program.command("stop").description("end the run").option("--timeout <seconds>", "how long");

/** Words that bash offers at the end of a line. */
async function offered(...words: string[]): Promise<string[]> {
  const line = words.map((word) => `"${word}"`).join(" ");
  const script = `${completion(program, "bash")}
    COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _kubeflower; echo "\${COMPREPLY[*]}"`;
  const { stdout } = await run("bash", ["-c", script]);
  return stdout.split(/\s+/).filter(Boolean);
}

test("bash offers verbs first, then the options of the verb", async () => {
  expect(await offered("kubeflower", "")).toEqual(["status", "stop"]);
  expect(await offered("kubeflower", "sto")).toEqual(["stop"]);
  expect(await offered("kubeflower", "status", "--")).toEqual(["--json", "--context"]);
  expect(await offered("kubeflower", "stop", "--t")).toEqual(["--timeout"]);
  expect(await offered("kubeflower", "nothing", "--")).toEqual([]);
});

test("zsh and fish get descriptions, too, in their own quotes", () => {
  expect(completion(program, "zsh").split("\n")).toEqual(
    expect.arrayContaining([
      "#compdef kubeflower",
      "  verbs=('status:show the server'\\''s run and more' 'stop:end the run')",
      "    status) _arguments '--json[print one JSON document]' '--context[context of the kubeconfig]:value:_files' '*:file:_files' ;;",
    ]),
  );
  expect(completion(program, "fish").split("\n")).toEqual([
    "complete -c kubeflower -n __fish_use_subcommand -f -a status -d 'show the server\\'s run: and more'",
    "complete -c kubeflower -n '__fish_seen_subcommand_from status' -l json -d 'print one JSON document'",
    "complete -c kubeflower -n '__fish_seen_subcommand_from status' -l context -r -d 'context [of the kubeconfig]'",
    "complete -c kubeflower -n __fish_use_subcommand -f -a stop -d 'end the run'",
    "complete -c kubeflower -n '__fish_seen_subcommand_from stop' -l timeout -r -d 'how long'",
  ]);
});
