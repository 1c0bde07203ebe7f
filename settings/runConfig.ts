import { orList, type Faults } from "./faults.ts";
import { appFault, runConfigKeys, type RunConfigKeys, type RunConfigKind } from "./flowerApp.ts";
import { nearestName } from "./nearestName.ts";

/** A value of Flower's run config. */
export type RunConfigValue = string | number | boolean;

/** Run-config keys that the engine fills, each with the setting that decides it. */
const OWN_KEYS: Readonly<Record<string, string>> = {
  "num-server-rounds": "rounds",
  "min-nodes": "min",
  clients: "clients",
  seed: "seed",
};

/**
 * Checks the setting runConfig against the keys that the app in folder `app` declares, and gives
 * each value the app's type. Without a readable app every scalar is allowed.
 */
export function readRunConfig(
  given: Readonly<Record<string, unknown>>,
  app: string | undefined,
  faults: Faults,
): Record<string, RunConfigValue> {
  const known = app === undefined || appFault(app) !== undefined ? undefined : runConfigKeys(app);
  const runConfig: Record<string, RunConfigValue> = {};
  for (const [key, value] of Object.entries(given)) {
    if (isRefused(key, known, faults)) continue;
    const kind = known?.get(key);
    const typed = runConfigValue(value, kind);
    if (typed === undefined) {
      faults.add(
        "runConfig",
        `${pathOf(key)} is ${JSON.stringify(value)}`,
        `it must be a ${kind ?? "text, number or boolean"}`,
        faults.set(pathOf(key), "<value>"),
      );
    } else runConfig[key] = typed;
  }
  return runConfig;
}

function pathOf(key: string): string {
  return /^[\w-]+$/.test(key) ? `runConfig.${key}` : `runConfig["${key}"]`;
}

/** Reports a key that a setting decides, or that the app does not declare. */
function isRefused(key: string, known: RunConfigKeys | undefined, faults: Faults): boolean {
  const path = pathOf(key);
  const setting = OWN_KEYS[key];
  if (setting !== undefined) {
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

/** The value with the app's type: `pulumi config set --path` stores 0.1 as a text. */
function runConfigValue(
  value: unknown,
  kind: RunConfigKind | undefined,
): RunConfigValue | undefined {
  const isScalar =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  if (!isScalar) return undefined;
  if (kind === undefined) return value;
  const text = String(value);
  if (kind === "text") return text;
  if (kind === "boolean") return { true: true, false: false }[text];
  const pattern = kind === "number" ? /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i : /^-?\d+$/;
  return pattern.test(text) ? Number(text) : undefined;
}
