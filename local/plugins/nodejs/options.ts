/** The options under `runtime:` in Pulumi.yaml, by the official language host's names. */
export interface Options {
  /** Whether the program is compiled by ts-node as it is loaded. */
  readonly typescript: boolean;
  /** @default tsconfig.json, when there is one */
  readonly tsconfig?: string;
  /** Arguments of Node.js itself. */
  readonly nodeargs: readonly string[];
  /** Package manager that installs the program's dependencies; `auto` is npm. */
  readonly packagemanager: string;
}

/** @throws when an option has the wrong type */
export function parseOptions(options: Record<string, unknown>): Options {
  const { typescript = true, tsconfig, nodeargs = "", packagemanager = "auto" } = options;
  if (typeof typescript !== "boolean") throw new Error("typescript option must be a boolean");
  if (tsconfig !== undefined && typeof tsconfig !== "string") {
    throw new Error("tsconfig option must be a string");
  }
  if (typeof nodeargs !== "string") throw new Error("nodeargs option must be a string");
  if (typeof packagemanager !== "string") throw new Error("packagemanager option must be a string");
  return { typescript, tsconfig, nodeargs: splitWords(nodeargs), packagemanager };
}

/** Splits a command line into words as a POSIX shell does, without its expansions. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let index = 0; index < line.length; index++) {
    const character = line.charAt(index);
    if (quote === "" && /\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "\\" && quote !== "'") {
      index++;
      word = (word ?? "") + line.charAt(index);
    } else if (quote === "" && (character === "'" || character === '"')) {
      quote = character;
      word ??= "";
    } else if (character === quote) {
      quote = "";
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== "") throw new Error(`the quote ${quote} in nodeargs (${line}) is not closed`);
  return word === undefined ? words : [...words, word];
}
