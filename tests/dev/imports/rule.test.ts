import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";

import { FOLDERS, folderOf } from "../../../dev/imports/rule.mjs";
import { sources } from "./sources.ts";

// The project's own config, without the rules that need types.
const eslint = new ESLint({
  overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
  ruleFilter: ({ ruleId }) => ruleId === "house/imports",
});
const WITH_SOURCES = FOLDERS.filter(({ folder }) => anyFile(folder) !== undefined);

/** A TypeScript file of the folder. */
function anyFile(folder: string): string | undefined {
  return sources("ts").find((file) => folderOf(file)?.folder === folder);
}

/** The linter's messages about imports when this file has this text. */
async function complaints(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: file });
  return (result?.messages ?? [])
    .filter(({ ruleId }) => ruleId === "house/imports")
    .map(({ message }) => message);
}

/** The import of a file in another folder, from this file. */
function importOf(folder: string, file: string): string {
  const up = "../".repeat(file.split("/").length - 1) || "./";
  return `${up}${folder.endsWith(".ts") ? folder : `${folder}/some.ts`}`;
}

/** Each way to import a file. */
function importsOf(target: string): string[] {
  return [
    `import "${target}";`,
    `import type { A } from "${target}";`,
    `export * from "${target}";`,
    `await import("${target}");`,
    `export type A = import("${target}").A;`,
  ];
}

describe("the folders' table", () => {
  it("lists folders from the top to the bottom, so that no import goes up or in a circle", () => {
    FOLDERS.forEach(({ imports }, row) => {
      const below = FOLDERS.slice(row + 1).map(({ folder }) => folder);
      expect(below).toEqual(expect.arrayContaining([...imports]));
    });
  });

  it("has a row for every TypeScript file", () => {
    const inFolders = sources("ts").filter((file) => file.includes("/"));
    expect(inFolders.filter((file) => folderOf(file) === undefined)).toEqual([]);
  });
});

describe("eslint", () => {
  it.each(WITH_SOURCES.map(({ folder }) => folder))(
    "fails on a wrong import in %s",
    async (folder) => {
      const file = anyFile(folder) ?? "";
      const imports = folderOf(file)?.imports ?? [];
      const wrong = FOLDERS.filter((row) => row.folder !== folder && !imports.includes(row.folder));
      expect(wrong).not.toEqual([]);
      const forms = wrong.flatMap((row) => importsOf(importOf(row.folder, file)));
      const messages = wrong.flatMap((row) =>
        importsOf("").map(
          () => expect.stringContaining(`${folder} imports ${row.folder} — `) as string,
        ),
      );
      expect(await complaints(file, forms.join("\n"))).toEqual(messages);
    },
  );

  it.each(WITH_SOURCES.map(({ folder }) => folder))(
    "lets %s import what its row lists",
    async (folder) => {
      const file = anyFile(folder) ?? "";
      const lines = (folderOf(file)?.imports ?? []).map((to) => `import "${importOf(to, file)}";`);
      expect(await complaints(file, lines.join("\n"))).toEqual([]);
    },
  );
});
