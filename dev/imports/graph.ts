import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import ts from "typescript";

import { folderOf } from "./rule.mjs";

/** An import from one folder of the project to another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Edges between folders by the imports of TypeScript files, types and dynamic imports included; each once. */
export function edges(files: readonly string[]): Edge[] {
  const found = new Map<string, Edge>();
  for (const file of files) {
    const from = folderOf(file)?.folder;
    for (const target of importedFiles(file)) {
      const to = folderOf(target)?.folder;
      if (from === undefined || to === undefined || from === to) continue;
      found.set(`${from} ${to}`, { from, to });
    }
  }
  return [...found.values()];
}

function importedFiles(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(file, "utf8"))
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith("."))
    .map((name) => join(dirname(file), name));
}
