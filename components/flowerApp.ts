import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What a run-config value is; Flower knows no others. */
export type RunConfigKind = "text" | "boolean" | "whole number" | "number";

/** The run-config keys a Flower app declares, with the kind of each default. */
export type RunConfigKeys = ReadonlyMap<string, RunConfigKind>;

/** Why a folder is no Flower app, to be put behind its name; undefined when it is one. */
export function appFault(folder: string): string | undefined {
  if (!existsSync(folder)) return "is not there";
  const project = join(folder, "pyproject.toml");
  if (!existsSync(project)) return "has no pyproject.toml";
  if (!/^\s*\[\s*tool\.flwr\.app\b/m.test(readFileSync(project, "utf8"))) {
    return "has no [tool.flwr.app] in its pyproject.toml";
  }
  return undefined;
}

/** Reads `[tool.flwr.app.config]` of the app in a folder. */
export function runConfigKeys(folder: string): RunConfigKeys {
  return parseRunConfigKeys(readFileSync(join(folder, "pyproject.toml"), "utf8"));
}

/**
 * The keys of `[tool.flwr.app.config]` in a pyproject.toml. Flower allows flat tables of scalars
 * and one level of tables in them (joined by a dot), so lines are enough and no TOML parser is
 * needed.
 */
export function parseRunConfigKeys(pyproject: string): RunConfigKeys {
  const keys = new Map<string, RunConfigKind>();
  let prefix: string | undefined;
  for (const line of pyproject.split(/\r?\n/)) {
    const section = /^\s*\[\s*([^\]]+?)\s*\]\s*(#.*)?$/.exec(line);
    if (section?.[1] !== undefined) {
      const name = section[1].replaceAll(/["'\s]/g, "");
      const inside = /^tool\.flwr\.app\.config(?:\.(.+))?$/.exec(name);
      prefix = inside === null ? undefined : inside[1] === undefined ? "" : `${inside[1]}.`;
      continue;
    }
    const pair = /^\s*(?:"([^"]+)"|'([^']+)'|([\w.-]+))\s*=\s*(.+?)\s*$/.exec(line);
    const key = pair?.[1] ?? pair?.[2] ?? pair?.[3];
    if (prefix !== undefined && key !== undefined) keys.set(prefix + key, kindOf(pair?.[4] ?? ""));
  }
  return keys;
}

function kindOf(value: string): RunConfigKind {
  if (/^["']/.test(value)) return "text";
  if (/^(true|false)\b/.test(value)) return "boolean";
  return /^[+-]?[\d_]+\s*(#.*)?$/.test(value) ? "whole number" : "number";
}
