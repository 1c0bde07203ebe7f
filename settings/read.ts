import * as pulumi from "@pulumi/pulumi";
import { kindOf, type ClusterKind } from "../contract/clusterKind.ts";
import { faultMessage, Faults, type Fault } from "./faults.ts";
import type { Setting } from "./kinds.ts";
import { nearestName } from "./nearestName.ts";
import {
  checkApp,
  checkNamespace,
  checkPackages,
  compare,
  contextOf,
  deliveryOf,
  type Delivery,
} from "./rules.ts";
import { readRunConfig } from "./runConfig.ts";
import { RUN, SETTINGS, type RunSpec, type Values } from "./table.ts";

/** The stack's settings, checked. Each is documented in the table. */
export interface Settings extends Omit<Values, keyof RunSpec | "cluster"> {
  /** Kind of cluster: the setting, or what the context's name tells. */
  readonly cluster: ClusterKind;
  /** The settings of the run, as the server gets them. */
  readonly run: RunSpec;
  /** How the image gets to the cluster: cluster, context, image, registry and builder together. */
  readonly delivery: Delivery;
  /** Whether a value of `env` is secret. */
  readonly envIsSecret: boolean;
}

const ROWS: Readonly<Record<string, Setting<unknown>>> = SETTINGS;
const KEYS = Object.keys(ROWS);
const SECRET = KEYS.filter((key) => ROWS[key]?.mayBeSecret);

/**
 * Reads the stack's config.
 * @throws pulumi.RunError that names all faults, each with the command that fixes it
 */
export function loadSettings(): Settings {
  const prefix = `${pulumi.getProject()}:`;
  const raw = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]): [string, string] => [key.slice(prefix.length), value]);
  return readSettings(Object.fromEntries(raw), pulumi.getStack(), secretKeys(prefix));
}

/** Names of the settings that have a secret part; Pulumi tells programs of them in this variable. */
function secretKeys(prefix: string): string[] {
  const keys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS || "[]") as string[];
  return keys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}

/**
 * Reads settings from their texts, by key. Pure but for the app's folder.
 * @param secret names of the settings that have a secret part
 * @throws pulumi.RunError that names all faults, each with the command that fixes it
 */
export function readSettings(
  given: Readonly<Record<string, string>>,
  stack: string,
  secret: readonly string[] = [],
): Settings {
  const faults = new Faults(stack);
  const refused = secret.filter((key) => KEYS.includes(key) && !ROWS[key]?.mayBeSecret);
  const raw = { ...given, ...defaultTexts(refused) };
  const isSet = (key: string): boolean => (raw[key] ?? "") !== "";
  const rows = readRows(raw, faults);
  const cluster = isSet("cluster") ? rows.cluster : kindOf(rows.context ?? "");
  const values = { ...rows, cluster };
  const draft = { values, faults, isSet };
  compare(draft);
  checkNamespace(draft);
  checkApp(draft);
  checkPackages(draft);
  const context = contextOf(draft);
  const delivery = deliveryOf(draft, context);
  const runConfig = readRunConfig(values.runConfig ?? {}, values.app, faults);
  refuseUnknown(raw, secret, faults);
  refuseSecret(refused, faults);
  const isWhole = cluster !== undefined && context !== undefined && delivery !== undefined;
  if (faults.found.length > 0 || !isWhole) {
    throw new pulumi.RunError(faultMessage([...faults.found].sort(byTable)));
  }
  // Without a fault every row has been read to its value.
  const { rest, run } = split(values as Values);
  const envIsSecret = secret.includes("env");
  return { ...rest, cluster, context, delivery, envIsSecret, run: { ...run, runConfig } };
}

/** Texts that take the place of secrets that are refused: no sentence must repeat one. */
function defaultTexts(keys: readonly string[]): Record<string, string> {
  const text = (value: unknown): string =>
    typeof value === "string" ? value : JSON.stringify(value);
  return Object.fromEntries(keys.map((key) => [key, text(ROWS[key]?.default)]));
}

/** Reads each row of the table by itself. */
function readRows(raw: Readonly<Record<string, string>>, faults: Faults): Partial<Values> {
  const values: Record<string, unknown> = {};
  for (const [key, row] of Object.entries(ROWS)) {
    const fallback = row.follows === undefined ? row.default : values[row.follows];
    values[key] = row.read(raw[key] ?? "", { key, fallback, faults });
  }
  return values;
}

/** Separates the run's settings from the others. */
function split(values: Values): {
  readonly run: RunSpec;
  readonly rest: Omit<Values, keyof RunSpec>;
} {
  const entries = Object.entries(values);
  const pick = (inRun: boolean): object =>
    Object.fromEntries(entries.filter(([key]) => key in RUN === inRun));
  return { run: pick(true) as RunSpec, rest: pick(false) as Omit<Values, keyof RunSpec> };
}

/** Refuses each key that the table does not have. */
function refuseUnknown(
  raw: Readonly<Record<string, string>>,
  secret: readonly string[],
  faults: Faults,
): void {
  for (const key of Object.keys(raw).filter((name) => !KEYS.includes(name))) {
    const [whole = ""] = key.split(/[.[]/);
    if (whole !== key) {
      refusePart(key, whole, secret.includes(key), faults);
      continue;
    }
    const nearest = nearestName(key, KEYS);
    faults.add(
      key,
      `${key} is no setting`,
      nearest === undefined ? `the settings are in Pulumi.yaml` : `did you mean ${nearest}?`,
      nearest === undefined
        ? faults.remove(key)
        : `${faults.remove(key)}; ${faults.set(nearest, "<value>")}`,
    );
  }
}

/** Refuses a key that was meant as a path into a setting, and was set without --path. */
function refusePart(key: string, whole: string, isSecret: boolean, faults: Faults): void {
  const setting = KEYS.includes(whole) ? whole : nearestName(whole, KEYS);
  const allowed =
    setting === undefined
      ? "the settings are in Pulumi.yaml"
      : `a part of ${setting} is set with --path`;
  const set = faults.set(`${setting ?? ""}${key.slice(whole.length)}`, "<value>");
  const again = isSecret ? set.replace("--path", "--secret --path") : set;
  const remove = faults.removeWhole(key);
  const remedy = setting === undefined ? remove : `${remove}; ${again}`;
  faults.add(key, `${key} is no setting`, allowed, remedy);
}

/** Refuses a secret where its value would be in clear: in the state, in pods, in the run's record. */
function refuseSecret(refused: readonly string[], faults: Faults): void {
  for (const key of refused) {
    const allowed = `only ${SECRET.join(" and ")} may be: pods and the run's record have the others in clear`;
    const remedy = `${faults.remove(key)}; pulumi config set --secret --path env.<NAME>, which the app reads from its environment`;
    faults.add(key, `${key} is secret`, allowed, remedy);
  }
}

/** Sorts faults as the table sorts settings; unknown keys come last. */
function byTable(a: Fault, b: Fault): number {
  const place = ({ key }: Fault): number => (KEYS.indexOf(key) + KEYS.length) % (KEYS.length + 1);
  return place(a) - place(b);
}
