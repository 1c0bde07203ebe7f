import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Kind of a run-config value; Flower knows no others. */
export type RunConfigKind = "text" | "boolean" | "whole number" | "number";

/** The run-config keys that a Flower app declares, with the kind of each default. */
export type RunConfigKeys = ReadonlyMap<string, RunConfigKind>;

/** Why a folder holds no Flower app. */
export interface AppFault {
  /** `missing` when there is no such folder, `invalid` when it lacks something. */
  readonly code: "missing" | "invalid";
  /** The fault in words, to follow the folder's name. */
  readonly text: string;
}

/** Checks a folder; undefined when it holds a Flower app. */
export function appFault(folder: string): AppFault | undefined {
  if (!existsSync(folder)) return { code: "missing", text: "is not there" };
  const project = join(folder, "pyproject.toml");
  if (!existsSync(project)) return { code: "invalid", text: "has no pyproject.toml" };
  if (!/^\s*\[\s*tool\.flwr\.app\b/m.test(readFileSync(project, "utf8"))) {
    return { code: "invalid", text: "has no [tool.flwr.app] in its pyproject.toml" };
  }
  return undefined;
}

/** Reads `[tool.flwr.app.config]` of the app in a folder. */
export function runConfigKeys(folder: string): RunConfigKeys {
  return parseRunConfigKeys(readFileSync(join(folder, "pyproject.toml"), "utf8"));
}

/**
 * Finds the keys of `[tool.flwr.app.config]` in a pyproject.toml. Flower allows flat tables of
 * scalars and one level of tables in them (joined by a dot), so the lines are enough; a TOML parser
 * would slow every preview down.
 */
export function parseRunConfigKeys(pyproject: string): RunConfigKeys {
  const keys = new Map<string, RunConfigKind>();
  let prefix: string | undefined;
  for (const line of pyproject.split(/\r?\n/)) {
    const section = /^\s*\[\s*([^\]]+?)\s*\]\s*(#.*)?$/.exec(line)?.[1];
    if (section !== undefined) {
      prefix = configPrefix(section.replaceAll(/["'\s]/g, ""));
      continue;
    }
    const pair = /^\s*(?:"([^"]+)"|'([^']+)'|([\w.-]+))\s*=\s*(.+?)\s*$/.exec(line);
    const key = pair?.[1] ?? pair?.[2] ?? pair?.[3];
    if (prefix !== undefined && key !== undefined) keys.set(prefix + key, kindOf(pair?.[4] ?? ""));
  }
  return keys;
}

/** Start of the keys in a TOML section; undefined for a section outside of the run config. */
function configPrefix(section: string): string | undefined {
  const table = "tool.flwr.app.config";
  if (section === table) return "";
  return section.startsWith(`${table}.`) ? `${section.slice(table.length + 1)}.` : undefined;
}

function kindOf(value: string): RunConfigKind {
  if (/^["']/.test(value)) return "text";
  if (/^(true|false)\b/.test(value)) return "boolean";
  return /^[+-]?[\d_]+\s*(#.*)?$/.test(value) ? "whole number" : "number";
}
