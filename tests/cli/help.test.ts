import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

import { beforeAll, expect, test } from "vitest";

import { EXAMPLES } from "../../cli/helpEnd.ts";

const run = promisify(execFile);
const START = `# The command line

Where \`kubeflower\` comes from: in the checkout it is \`npx kubeflower\`, and \`kubeflower\` in a shell that has evaluated \`npm run -s env\`. For
another machine \`npm run package\` makes a package, kubeflower-0.1.0.tgz, which \`npm install -g\` installs there; it needs Node.js 20 and a
kubeconfig, and no other package.

It finds the federation by the stack that is selected in the folder where you stand, or by \`--context\` and \`--namespace\`. What it is for is told in
[results](results.md). This page is what \`--help\` prints; \`npx vitest run tests/cli/help.test.ts -u\` writes it.
`;
const helps = new Map<string, string>();

async function help(...verb: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, ["cli/kubeflower.mjs", ...verb, "--help"]);
  return stdout;
}

beforeAll(async () => {
  helps.set("kubeflower", await help());
  const verbs = Object.keys(EXAMPLES);
  const texts = await Promise.all(verbs.map((verb) => help(verb)));
  for (const [k, verb] of verbs.entries()) helps.set(`kubeflower ${verb}`, texts[k] ?? "");
}, 60_000);

test("docs/cli.md is the help of all verbs", async () => {
  const sections = [...helps].map(([name, text]) => {
    // All verbs share the exit codes.
    const [own = ""] = name === "kubeflower" ? [text] : text.split("\n\nExit codes:");
    return `\n## ${name}\n\n\`\`\`text\n${own.trim()}\n\`\`\`\n`;
  });
  await expect(START + sections.join("")).toMatchFileSnapshot("../../docs/cli.md");
});

test("each verb of the help has examples, of its own options", () => {
  const listed = [...(helps.get("kubeflower") ?? "").matchAll(/^ {2}([a-z]+) [[<]/gm)];
  const verbs = listed.map(([, verb]) => verb).filter((verb) => verb !== "help");
  expect(Object.keys(EXAMPLES)).toEqual(verbs);
  for (const [verb, examples] of Object.entries(EXAMPLES)) {
    for (const [typed] of examples) {
      const [first, ...words] = typed.split(" ");
      expect(first).toBe(verb);
      for (const option of words.filter((word) => word.startsWith("--"))) {
        expect(helps.get(`kubeflower ${verb}`)).toContain(`  ${option}`);
      }
    }
  }
});

test("each help ends with the exit codes", () => {
  for (const text of helps.values()) {
    expect(text.split("\nExit codes:\n")[1]).toBe(
      [
        "    0  done",
        "    1  failed, or the run has",
        "    2  not reached or not allowed",
        "    3  timed out",
        "   64  wrong usage",
        "  130  ended by Ctrl-C",
        "",
      ].join("\n"),
    );
  }
});

test("the version is the package's", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const { stdout } = await run(process.execPath, ["cli/kubeflower.mjs", "--version"]);
  expect(stdout).toBe(`${version}\n`);
});
