import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The end-to-end test that types what pages mark with its name. */
export const DOCS_TEST = "tests/e2e/docs.test.ts";

/** A note to this test above a block or a table: an HTML comment, which readers do not see. */
interface Mark {
  readonly line: number;
  /** End-to-end test that runs the commands; undefined: they are not run. */
  readonly file: string | undefined;
  /** Commands that the mark is about; empty: all. */
  readonly only: readonly string[];
}

/** A block of shell lines, or a table with commands. */
export interface Block {
  /** Number of its first line in the page, from 1. */
  readonly line: number;
  readonly isTable: boolean;
  /** Commands, or the cells of each row of a table. */
  readonly commands: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly marks: readonly Mark[];
}

const MARK = /^<!-- (run by|not run): (?:(`[^`]+`(?:, `[^`]+`)*): )?(.+) -->$/;
/** Programs whose commands in tables are typed by readers. */
const PROGRAMS = /^((npx )?kubeflower|pulumi|npm|kubectl|minikube|flwr run) \S/;
const NOTHING = { isTable: false, commands: [], rows: [], marks: [] };

/** Lists pages with commands: not those that are generated, and no decisions, which are history. */
export function pagesWithCommands(): string[] {
  const below = ["docs", "examples"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const isOurs = (page: string): boolean =>
    page.endsWith(".md") && !/^docs\/(adr|bench|scan)\/|^docs\/settings\.md$/.test(page);
  return ["README.md", "app/vision/README.md", ...below.filter(isOurs).sort()];
}

/** Reads all end-to-end tests and what supports them, by path. */
export function endToEndTests(): Map<string, string> {
  const files = readdirSync("tests/e2e", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join("tests/e2e", name));
  return new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
}

/** Finds the shell blocks of a page, and its tables with commands; a mark above neither is a block without commands. */
export function blocksOf(text: string): Block[] {
  // A block in a list is indented.
  const lines = text.split("\n").map((line) => line.trim());
  const blocks: Block[] = [];
  let marks: Mark[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const mark = markOf(line, at + 1);
    if (mark !== undefined) marks.push(mark);
    if (mark !== undefined || line === "") continue;
    const inner = innerOf(lines, at);
    const isTable = line.startsWith("|");
    const rows = isTable ? inner.slice(1).map(cellsOf) : [];
    const shell = line === "```sh" ? inner : [];
    const commands = isTable ? rows.flat().flatMap(commandsOf) : shell;
    if (commands.length > 0) blocks.push({ line: at + 1, isTable, commands, rows, marks });
    else for (const one of marks) blocks.push({ ...NOTHING, line: one.line });
    marks = [];
    at += line.startsWith("```") ? inner.length + 1 : inner.length;
  }
  return blocks;
}

/** Lines after the first one of a fenced block, or of a table; empty for others. */
function innerOf(lines: readonly string[], at: number): string[] {
  const first = lines[at] ?? "";
  const isEnd = first.startsWith("|")
    ? (line: string) => !line.startsWith("|")
    : (line: string) => !first.startsWith("```") || line === "```";
  const size = lines.slice(at + 1).findIndex(isEnd);
  return lines.slice(at + 1, size < 0 ? undefined : at + 1 + size);
}

function markOf(text: string, line: number): Mark | undefined {
  const [, kind, only = "", rest] = MARK.exec(text) ?? [];
  if (kind === undefined) return undefined;
  return { line, file: kind === "run by" ? rest : undefined, only: quoted(only) };
}

function cellsOf(row: string): string[] {
  return row.split(/(?<!\\)\|/).slice(1, -1);
}

function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

function commandsOf(cell: string): string[] {
  return quoted(cell).filter((code) => PROGRAMS.test(code));
}

/** Commands of a block that a test runs, as the block's marks say. */
export function runBy(file: string, { commands, marks }: Block): string[] {
  const own = marks.filter((mark) => mark.file === file);
  return commands.filter((command) =>
    own.some(({ only }) => only.length === 0 || only.includes(command)),
  );
}

/** Commands in the text of a page, outside blocks and tables. */
export function proseOf(text: string): string[] {
  const prose = text.replace(/^ *```.*?^ *```$/gms, "").replace(/^ *(\||<!--).*$/gm, "");
  return commandsOf(prose.replaceAll("\n", " "));
}

/** Says what of a page is neither run by a test nor marked, and which of its marks are not true. */
export function faultsOf(page: string, text: string, tests: ReadonlyMap<string, string>): string[] {
  return blocksOf(text).flatMap((block) => {
    const where = `${page}:${block.line}`;
    if (block.commands.length === 0) return `${where}: this mark is above no commands`;
    const about = (command: string): Mark[] =>
      block.marks.filter(({ only }) => only.length === 0 || only.includes(command));
    const open = block.commands.filter(
      (command) => about(command).length === 0 && !isTyped(command, block.isTable, tests),
    );
    return [
      ...open.map(
        (command) =>
          `${where}: no end-to-end test types \`${command}\` — a command is run or marked — type it in one, or write <!-- run by: FILE --> or <!-- not run: REASON --> above`,
      ),
      ...block.marks.flatMap((mark) => lies(mark, block, page, tests)),
    ];
  });
}

/** Tells whether some test types the command as it stands; in a table or text its verb is enough. */
export function isTyped(
  command: string,
  isTable: boolean,
  tests: ReadonlyMap<string, string>,
): boolean {
  const all = [...tests.values()];
  return all.some((test) => isQuoted(command, test) || (isTable && runs(command, test)));
}

/** Says why a mark is not true. */
function lies(
  { line, file, only }: Mark,
  { commands, isTable }: Block,
  page: string,
  tests: ReadonlyMap<string, string>,
): string[] {
  const where = `${page}:${line}`;
  const meant = only.length === 0 ? commands : only;
  const foreign = meant.filter((command) => !commands.includes(command));
  if (foreign.length > 0) return [`${where}: below there is no \`${foreign.join("`, `")}\``];
  if (file === undefined) {
    const isRun = meant.every((command) => isTyped(command, isTable, tests));
    return isRun ? [`${where}: an end-to-end test does type this`] : [];
  }
  const test = tests.get(file);
  if (test === undefined) return [`${where}: there is no end-to-end test ${file}`];
  if (file === DOCS_TEST) {
    return isQuoted(page, test) ? [] : [`${where}: ${file} does not type this page's commands`];
  }
  const missing = meant.filter((command) => !runs(command, test));
  return missing.map((command) => `${where}: ${file} does not run \`${command}\``);
}

function isQuoted(text: string, test: string): boolean {
  return test.includes(`"${text}"`) || test.includes(`'${text}'`);
}

/** Tells whether a test runs a command, as it stands or by the words that tell it from others. */
function runs(command: string, test: string): boolean {
  const [program = "", verb = "", ...rest] = command.replace(/^npx /, "").split(" ");
  if (isQuoted(command, test)) return true;
  if (program === "pulumi" && verb === "config") {
    const [, setting = ""] = rest.filter((word) => /^[a-z]/.test(word));
    const [key = ""] = setting.split(".");
    // tests/e2e/kept changes every setting; other tests set this very value.
    return test.includes(`{ key: "${key}"`) || isQuoted(rest.at(-1) ?? "", test);
  }
  const words = program === "kubectl" ? [verb, ...rest.slice(0, 1)] : [verb];
  const isKnown = ["kubeflower", "pulumi", "kubectl"].includes(program);
  return isKnown && words.every((word) => isQuoted(word, test));
}
