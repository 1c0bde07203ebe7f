import { orList, type Faults } from "./faults.ts";
import { flatten } from "./flatTable.ts";
import {
  appFault,
  runConfigKeys,
  type RunConfigKeys,
  type RunConfigKind,
  tomlValue,
} from "./flowerApp.ts";
import { nearestName } from "./nearestName.ts";

/** A value of Flower's run config. */
export type RunConfigValue = string | number | boolean;

/** Run-config keys that the engine fills where they are whole numbers, each with its setting. */
const OWN_KEYS: Readonly<Record<string, string>> = {
  "num-server-rounds": "rounds",
  "min-nodes": "min",
  clients: "clients",
  seed: "seed",
};

/**
 * Checks the setting runConfig against the keys that the app in folder `app` declares, and gives
 * each value the app's type. Tables are flattened, as Flower does it. Without a readable app every
 * scalar is allowed.
 */
export function readRunConfig(
  given: Readonly<Record<string, unknown>>,
  app: string | undefined,
  faults: Faults,
): Record<string, RunConfigValue> {
  const known = app === undefined || appFault(app) !== undefined ? undefined : runConfigKeys(app);
  const runConfig = new Map<string, RunConfigValue>();
  for (const { key, path: keys, value } of flatten(given)) {
    const path = pathOf(keys);
    if (isRefused(key, path, known, faults)) continue;
    const kind = known?.get(key);
    const typed = runConfigValue(value, kind);
    if (typed === undefined) {
      const wrong = `${path} is ${JSON.stringify(value)}`;
      faults.add("runConfig", wrong, allowedValue(kind), faults.set(path, "<value>"));
    } else if (runConfig.has(key)) {
      const allowed = `a table's key and one with dots are the same`;
      faults.add("runConfig", `${path} is set twice`, allowed, faults.remove(path));
    } else runConfig.set(key, typed);
  }
  return Object.fromEntries(runConfig);
}

/** The path of a value for `pulumi config --path`. */
function pathOf(keys: readonly string[]): string {
  const steps = keys.map((key) => (/^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`));
  return `runConfig${steps.join("")}`;
}

/** Reports a key that a setting decides, or that the app does not declare. */
function isRefused(
  key: string,
  path: string,
  known: RunConfigKeys | undefined,
  faults: Faults,
): boolean {
  const setting = OWN_KEYS[key];
  if (setting !== undefined && (known?.get(key) ?? "whole number") === "whole number") {
    const remedy = `${faults.remove(path)}; ${faults.set(setting, "<value>")}`;
    faults.add("runConfig", `${path} is set`, `the setting ${setting} decides it`, remedy);
    return true;
  }
  if (known === undefined || known.has(key)) return false;
  const free = [...known.keys()].filter((name) => !(name in OWN_KEYS));
  const nearest = nearestName(key, free);
  faults.add(
    "runConfig",
    `${path} is no run config of the app`,
    nearest === undefined ? `it has ${orList(free)}` : `did you mean ${nearest}?`,
    faults.remove(path),
  );
  return true;
}

function allowedValue(kind: RunConfigKind | undefined): string {
  const most = String(Number.MAX_SAFE_INTEGER);
  if (kind === "whole number") return `it must be a whole number from -${most} to ${most}`;
  return `it must be a ${kind ?? "text, number or boolean"}`;
}

/** The value with the app's type: `pulumi config set --path` stores 0.1 as a text. */
function runConfigValue(
  value: unknown,
  kind: RunConfigKind | undefined,
): RunConfigValue | undefined {
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    // JSON has rounded a whole number; as a number with a fraction it is what it was.
    if (kind !== "number") return undefined;
  }
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
    return undefined;
  }
  if (kind === undefined) return value;
  if (kind === "text") return String(value);
  return typeof value === "string" ? parsedValue(value, kind) : ofKind(value, kind);
}

/** The value of a text for an app's number or boolean, written as TOML writes one. */
function parsedValue(text: string, kind: RunConfigKind): RunConfigValue | undefined {
  const value = tomlValue(text);
  if (typeof value === "bigint") {
    const whole = Number(value);
    return kind === "number" || Number.isSafeInteger(whole) ? ofKind(whole, kind) : undefined;
  }
  return kind === "whole number" ? undefined : ofKind(value, kind);
}

function ofKind(value: unknown, kind: RunConfigKind): number | boolean | undefined {
  if (kind === "boolean") return typeof value === "boolean" ? value : undefined;
  if (typeof value !== "number") return undefined;
  const isAllowed = kind === "number" ? Number.isFinite(value) : Number.isInteger(value);
  return isAllowed ? value : undefined;
}
