import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { edges } from "../../../dev/imports/graph.ts";
import { FOLDERS, folderOf } from "../../../dev/imports/rule.mjs";
import { sources } from "./sources.ts";

const PAGE = readFileSync("docs/architecture.md", "utf8");
const REAL = edges(sources("ts")).map(({ from, to }) => `${from} --> ${to}`);
/** Folders that TypeScript does not import: Python's. tests/app/test_import_rules.py looks at arrows to them. */
const PYTHON = FOLDERS.map(({ folder }) => folder).filter(
  (name) => !sources("ts").some((file) => folderOf(file)?.folder === name),
);

/** The picture's arrows. */
function arrows(): string[] {
  const [, picture = ""] = /```mermaid\n([^]*?)```/.exec(PAGE) ?? [];
  const lines = picture.split("\n").map((line) => line.trim());
  return lines.filter((line) => line.includes("-->"));
}

function toPython(arrow: string): boolean {
  return PYTHON.includes(arrow.split(" --> ")[1] ?? "");
}

describe("docs/architecture.md", () => {
  it("draws an arrow for each import between folders, and no other", () => {
    // `tests` import nearly everything, which would hide the rest.
    const drawn = arrows().filter((arrow) => !toPython(arrow));
    const real = REAL.filter((arrow) => !arrow.startsWith("tests -->"));
    expect(drawn.sort()).toEqual(real.sort());
  });

  it("has a row for each folder: what it is, and whom it may import", () => {
    const rows = FOLDERS.map(({ folder, what, imports }) => {
      const names = imports.map((name) => `\`${name}\``).join(", ");
      return `| \`${folder}\` | ${what} | ${names || "nothing"} |`;
    });
    expect(PAGE.split("\n").filter((line) => line.startsWith("| `"))).toEqual(rows);
  });
});
