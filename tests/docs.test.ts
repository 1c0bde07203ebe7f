import { existsSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import {
  blocksOf,
  endToEndTests,
  faultsOf,
  isTyped,
  pagesWithCommands,
  proseOf,
} from "./support/docCommands.ts";

const TESTS = new Map([
  [
    "tests/e2e/a.test.ts",
    'await type("npm run up");\nkubeflower("verify");\nconst CHANGE = { key: "clients" };',
  ],
  ["tests/e2e/docs.test.ts", 'type("docs/page.md");'],
]);

function faults(...lines: string[]): string[] {
  return faultsOf("docs/page.md", lines.join("\n"), TESTS);
}

function block(...lines: string[]): string[] {
  return ["```sh", ...lines, "```"];
}

test("every command of the documentation is run by an end-to-end test, or says why not", () => {
  const tests = endToEndTests();
  const found = pagesWithCommands().flatMap((page) =>
    faultsOf(page, readFileSync(page, "utf8"), tests),
  );
  expect(found).toEqual([]);
});

/** Commands in texts that no end-to-end test types, and why. */
const EXCUSED: readonly (readonly [RegExp, string])[] = [
  [/^flwr run /, "`npm run apps` and tests/app/test_simulation.py run apps like that"],
  [/^npm (ci|run (apps|bench|circular:check))/, "developers' commands, which take minutes"],
  [/^npm (run package|install -g)$/, "tests/cli/pack.test.ts packs it, installs it, and runs it"],
  [/^npm run -s env$/, "tests/e2e/federation.test.ts evaluates it, as a shell does"],
  [/^minikube (delete|stop)$/, "tests have a stand-in for minikube, which makes itself anew"],
  [/^(pulumi login --local|pulumi refresh --clear-pending-creates)$/, "Pulumi's own"],
  [/^kubeflower completion bash$/, "tests/cli/completion.test.ts runs its script in bash"],
];

test("every command in a text is run by an end-to-end test, or excused", () => {
  const tests = endToEndTests();
  const open = pagesWithCommands()
    .flatMap((page) => proseOf(readFileSync(page, "utf8")))
    .filter((command) => !isTyped(command, true, tests));
  const isExcused = (command: string): boolean => EXCUSED.some(([what]) => what.test(command));
  expect(open.filter((command) => !isExcused(command))).toEqual([]);
  const idle = EXCUSED.filter(([what]) => !open.some((command) => what.test(command)));
  expect(idle).toEqual([]);
});

test("a command that no test types is told with its line", () => {
  expect(faults("# Page", ...block("npm run up", "npm run other"))).toEqual([
    "docs/page.md:2: no end-to-end test types `npm run other` — a command is run or marked — type it in one, or write <!-- run by: FILE --> or <!-- not run: REASON --> above",
  ]);
  expect(faults("| a | b |", "|---|---|", "| c | `kubeflower follow`, then `x` |")).toHaveLength(1);
  expect(faults("| a | b |", "|---|---|", "| c | `kubeflower verify FOLDER` |")).toEqual([]);
});

test("a mark covers the commands below it, or those that it names", () => {
  const lines = block("npm ci", "npm run up");
  expect(faults("<!-- not run: another test does -->", ...lines)).toEqual([]);
  expect(faults("<!-- not run: `npm ci`: another test does -->", "", ...lines)).toEqual([]);
  expect(faults("<!-- not run: `npm run up`: it is slow -->", ...lines)).toHaveLength(2);
  expect(faults("<!-- run by: tests/e2e/docs.test.ts -->", ...block("npm run other"))).toEqual([]);
  const set = block("pulumi config set clients 3");
  expect(faults("<!-- run by: tests/e2e/a.test.ts -->", ...set)).toEqual([]);
});

test("commands in a text are found, and those in blocks and tables left to their marks", () => {
  const text = ["Type `npm run up`, or `npm run", "down`, not `kubeflower`.", "| `npm ci` | |"];
  const more = [
    "- In a list:",
    "  <!-- run by: `npm ci`: x -->",
    "  ```sh",
    "  npm test",
    "  ```",
    "or `pulumi up`",
  ];
  expect(proseOf([...text, ...more].join("\n"))).toEqual([
    "npm run up",
    "npm run down",
    "pulumi up",
  ]);
});

test("a mark that is not true any more is told", () => {
  const other = block("npm run other");
  expect(faults("<!-- not run: it is slow -->", ...block("npm run up"))).toEqual([
    "docs/page.md:1: an end-to-end test does type this",
  ]);
  expect(faults("<!-- run by: tests/e2e/gone.test.ts -->", ...other)).toEqual([
    "docs/page.md:1: there is no end-to-end test tests/e2e/gone.test.ts",
  ]);
  expect(faults("<!-- run by: tests/e2e/a.test.ts -->", ...other)).toEqual([
    "docs/page.md:1: tests/e2e/a.test.ts does not run `npm run other`",
  ]);
  expect(
    faultsOf(
      "docs/else.md",
      ["<!-- run by: tests/e2e/docs.test.ts -->", ...other].join("\n"),
      TESTS,
    ),
  ).toEqual(["docs/else.md:1: tests/e2e/docs.test.ts does not type this page's commands"]);
  expect(faults("<!-- not run: it is slow -->", "Words.")).toEqual([
    "docs/page.md:1: this mark is above no commands",
  ]);
  expect(faults("<!-- not run: `npm test`: it is slow -->", ...block("npm run up"))).toEqual([
    "docs/page.md:1: below there is no `npm test`",
  ]);
});

test("blocks of other languages hold no commands, and rows keep their cells", () => {
  const text = [
    "```text",
    "```sh is no block here",
    "```",
    "| a | b |",
    "|---|---|",
    "| x | `npm ci` |",
  ];
  expect(blocksOf(text.join("\n"))).toEqual([
    { line: 4, isTable: true, commands: ["npm ci"], rows: [[" x ", " `npm ci` "]], marks: [] },
  ]);
});

test("the README shows the page of a run, and says how its picture is made", () => {
  const readme = readFileSync("README.md", "utf8");
  const pictures = [...readme.matchAll(/(?:src|srcset)="(.+?)"/g)].map(([, file = ""]) => file);
  expect(pictures).toEqual(["docs/picture-dark.png", "docs/picture.png"]);
  // Another branch brings them, and the command.
  if (!existsSync("docs/picture.png")) return;
  expect(pictures.filter((file) => !existsSync(file))).toEqual([]);
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object };
  expect(Object.keys(scripts)).toContain("picture");
});
