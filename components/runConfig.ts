import { orList, type ConfigValues } from "./configValues.ts";
import { appFault, runConfigKeys, type RunConfigKind } from "./flowerApp.ts";
import { nearestName } from "./nearestName.ts";

/** What a run-config value may be in Flower. */
export type RunConfigValue = string | number | boolean;

/** Run-config keys the engine fills from a setting of ours. */
const OWN_KEYS: Readonly<Record<string, string>> = {
  "num-server-rounds": "rounds",
  "min-nodes": "min",
  clients: "clients",
  seed: "seed",
};

/**
 * Reads the setting runConfig against what the app in `app` declares; without a readable app any
 * scalar goes. Undefined when it is no object; faults are left in `values`.
 */
export function readRunConfig(
  values: ConfigValues,
  app: string | undefined,
): Record<string, RunConfigValue> | undefined {
  const given = values.object("runConfig", ["runConfig.<key>", "<value>"]);
  if (given === undefined) return undefined;
  const known = app === undefined || appFault(app) !== undefined ? undefined : runConfigKeys(app);
  const runConfig: Record<string, RunConfigValue> = {};
  for (const [key, value] of Object.entries(given)) {
    const path = /^[\w-]+$/.test(key) ? `runConfig.${key}` : `runConfig["${key}"]`;
    const own = OWN_KEYS[key];
    const kind = known?.get(key);
    if (own !== undefined) {
      values.add(
        `${path} is set`,
        `the setting ${own} decides it`,
        `${values.remove(path)}; ${values.set(own, "<value>")}`,
      );
    } else if (known !== undefined && kind === undefined) {
      const free = [...known.keys()].filter((name) => !(name in OWN_KEYS));
      const nearest = nearestName(key, free);
      values.add(
        `${path} is no run config of the app`,
        nearest === undefined ? `it has ${orList(free)}` : `did you mean ${nearest}?`,
        values.remove(path),
      );
    } else {
      const typed = runConfigValue(value, kind);
      if (typed === undefined) {
        values.add(
          `${path} is ${JSON.stringify(value)}`,
          `it must be a ${kind ?? "text, number or boolean"}`,
          values.set(path, "<value>"),
        );
      } else runConfig[key] = typed;
    }
  }
  return runConfig;
}

/** The value as the app declares it: `pulumi config set --path` keeps 0.1 as a text. */
function runConfigValue(
  value: unknown,
  kind: RunConfigKind | undefined,
): RunConfigValue | undefined {
  const scalar =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  if (!scalar) return undefined;
  if (kind === undefined) return value;
  const text = String(value);
  if (kind === "text") return text;
  if (kind === "boolean") return text === "true" || (text === "false" ? false : undefined);
  const pattern = kind === "number" ? /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i : /^-?\d+$/;
  return pattern.test(text) ? Number(text) : undefined;
}
