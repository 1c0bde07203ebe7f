import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, TomlError, type TomlTable, type TomlValue } from "smol-toml";
import { flatten } from "./flatTable.ts";

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
  const file = join(folder, "pyproject.toml");
  if (!existsSync(file)) return { code: "invalid", text: "has no pyproject.toml" };
  try {
    const app = appTable(readFileSync(file, "utf8"));
    componentFault(app);
    configKinds(app);
  } catch (error) {
    return { code: "invalid", text: (error as Error).message };
  }
  return undefined;
}

/** Reads `[tool.flwr.app.config]` of the app in a folder that has no {@link appFault}. */
export function runConfigKeys(folder: string): RunConfigKeys {
  return configKinds(appTable(readFileSync(join(folder, "pyproject.toml"), "utf8")));
}

/** Reads the table `[project]` of an app's pyproject.toml; empty without one. */
export function projectTable(folder: string): TomlTable {
  const { project } = parseProject(readFileSync(join(folder, "pyproject.toml"), "utf8"));
  return isTable(project) ? project : {};
}

/**
 * Reads a value as TOML writes it, whole numbers as bigint; undefined when the text is no value.
 * Flower reads the values of `flwr run --run-config` so.
 */
export function tomlValue(text: string): TomlValue | undefined {
  if (/[\r\n]/.test(text)) return undefined;
  try {
    return parse(`value = ${text}`, { integersAsBigInt: true })["value"];
  } catch {
    return undefined;
  }
}

function appTable(pyproject: string): TomlTable {
  const app = ["tool", "flwr", "app"].reduce<TomlValue | undefined>(
    (table, key) => (isTable(table) ? table[key] : undefined),
    parseProject(pyproject),
  );
  if (!isTable(app)) throw new Error("has no [tool.flwr.app] in its pyproject.toml");
  return app;
}

function parseProject(pyproject: string): TomlTable {
  try {
    return parse(pyproject, { integersAsBigInt: true });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n", 1)[0]?.replace("Invalid TOML document: ", "") ?? "";
    const place = `line ${String(error.line)}, column ${String(error.column)}`;
    throw new Error(`has a pyproject.toml that is no TOML (${place}: ${reason})`, { cause: error });
  }
}

/** @throws Error when a component is missing or names no object of a module */
function componentFault(app: TomlTable): void {
  const components = isTable(app["components"]) ? app["components"] : {};
  for (const name of ["serverapp", "clientapp"]) {
    const reference = components[name];
    if (reference === undefined) {
      throw new Error(`has no ${name} in the [tool.flwr.app.components] of its pyproject.toml`);
    }
    if (typeof reference !== "string" || !/^[\w.]+:\w+$/.test(reference)) {
      const written = JSON.stringify(reference, bigintAsText);
      throw new Error(`has the ${name} ${written}, which must be "<module>:<name>"`);
    }
  }
}

/** @throws Error when a value is of a kind that Flower does not know */
function configKinds(app: TomlTable): RunConfigKeys {
  const config = app["config"] ?? {};
  if (!isTable(config)) throw new Error("has a [tool.flwr.app.config] that is no table");
  const kinds = new Map<string, RunConfigKind>();
  for (const { key, value } of flatten(config)) {
    const kind = kindOf(value);
    if (kind === undefined) {
      const written = JSON.stringify(value, bigintAsText);
      throw new Error(
        `has the run config ${key} = ${written}, which must be a text, number, boolean or table`,
      );
    }
    kinds.set(key, kind);
  }
  return kinds;
}

function kindOf(value: unknown): RunConfigKind | undefined {
  switch (typeof value) {
    case "string":
      return "text";
    case "boolean":
      return "boolean";
    case "bigint":
      return "whole number";
    case "number":
      return "number";
    default:
      return undefined;
  }
}

/** Whether a value is a TOML table: smol-toml gives dates as objects of a class. */
function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
