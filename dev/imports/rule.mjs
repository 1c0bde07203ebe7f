// ESLint rule: a file imports only its own folder and those that folders.json lists for it.
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const PROJECT = resolve(import.meta.dirname, "../..");

/** @type {{ folder: string, what: string, imports: string[] }[]} Folders from the top to the bottom. */
export const FOLDERS = JSON.parse(readFileSync(join(import.meta.dirname, "folders.json"), "utf8"));

/**
 * The row of {@link FOLDERS} that a file belongs to: the longest folder that holds it.
 *
 * @param {string} file relative to the project
 */
export function folderOf(file) {
  return FOLDERS.filter(({ folder }) => file === folder || file.startsWith(`${folder}/`)).sort(
    (a, b) => b.folder.length - a.folder.length,
  )[0];
}

export const rule = {
  meta: {
    type: "problem",
    schema: [],
    messages: {
      forbidden:
        "{{from}} imports {{to}} — it may import {{allowed}} — move what both need further down, or add the folder in dev/imports/folders.json",
    },
  },
  create(context) {
    const file = relative(PROJECT, context.filename);
    const from = folderOf(file);
    if (from === undefined) return {};
    const check = (node) => {
      const source = node.source?.value ?? node.argument?.literal?.value;
      if (typeof source !== "string" || !source.startsWith(".")) return;
      const to = folderOf(join(dirname(file), source));
      if (to === undefined || to === from || from.imports.includes(to.folder)) return;
      const allowed = from.imports.join(", ") || "nothing";
      context.report({
        node,
        messageId: "forbidden",
        data: { from: from.folder, to: to.folder, allowed },
      });
    };
    return {
      ImportDeclaration: check,
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
      ImportExpression: check,
      TSImportType: (node) => check({ source: node.source ?? node.argument?.literal, ...node }),
    };
  },
};
