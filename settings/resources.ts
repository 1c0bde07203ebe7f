import { object, type Reading, type Setting, type TextRule } from "./kinds.ts";
import { amountOf } from "../contract/quantity.ts";

/** Resources of a pod. */
export interface Resources {
  /** CPUs that are requested, such as 250m. */
  readonly cpu: string;
  /** Limit of CPUs, which some namespaces ask for. @default none: idle CPUs may be used */
  readonly cpuLimit?: string | undefined;
  /** Memory that is requested and the limit, such as 768Mi: a pod that exceeds it dies alone. */
  readonly memory: string;
  /** Limit of what a pod writes outside of lasting volumes, such as 4Gi. */
  readonly ephemeralStorage: string;
  /** Part of it that is requested; GKE Autopilot lowers the limit to it. @default 64Mi */
  readonly ephemeralStorageRequest?: string | undefined;
}

/** A size of memory or of a volume. */
export const SIZE = {
  // Bytes have no unit; a few of them are a unit forgotten.
  pattern: /^([1-9]\d{6,}|[1-9]\d*(\.\d+)?([kMGT]|[KMGT]i))$/,
  allowed: "a size such as 512Mi or 1Gi",
  example: "1Gi",
} as const satisfies TextRule;

const CPU = {
  pattern: /^([1-9]\d*m|[1-9]\d*(\.\d+)?|0\.\d*[1-9]\d*)$/,
  allowed: "a number of CPUs such as 250m or 2",
} as const;

/** Rules of the resources. */
export const RESOURCE_RULES: Readonly<Record<keyof Resources, Omit<TextRule, "example">>> = {
  cpu: CPU,
  cpuLimit: CPU,
  memory: SIZE,
  ephemeralStorage: {
    pattern: /^[1-9]\d*(\.\d+)?[GT]i?$/,
    allowed: "a size of 1G or more such as 4Gi",
  },
  ephemeralStorageRequest: SIZE,
};

/** Resources that have a default. */
const NAMES = ["cpu", "memory", "ephemeralStorage"] as const;
/** Resources that may stay unset, each with an example. */
const MORE = { cpuLimit: "2", ephemeralStorageRequest: "4Gi" };
const ALL = [...NAMES, ...(Object.keys(MORE) as (keyof typeof MORE)[])];

/** A setting for the resources of a pod. */
export function resources(key: string, about: string, defaults: Resources): Setting<Resources> {
  const part = (name: keyof Resources): object => ({
    anyOf: [{ type: "string", pattern: RESOURCE_RULES[name].pattern.source }, { type: "number" }],
  });
  const whole = object({
    about,
    unset: NAMES.map((name) => `${name} ${defaults[name]}`).join(", "),
    allowed:
      "an object of cpu (requested), cpuLimit, memory (requested and limit), ephemeralStorage (limit), ephemeralStorageRequest",
    schema: {
      properties: Object.fromEntries(ALL.map((name) => [name, part(name)])),
      additionalProperties: false,
    },
    example: [`${key}.memory`, defaults.memory],
  });
  return {
    ...whole,
    read: (text, reading) => {
      const given = whole.read(text, reading);
      if (given === undefined) return undefined;
      refuseUnknown(given, reading);
      const value = (name: (typeof NAMES)[number]): string =>
        readResource(name, given[name] ?? defaults[name], defaults[name], reading);
      const read = {
        cpu: value("cpu"),
        memory: value("memory"),
        ephemeralStorage: value("ephemeralStorage"),
        ...readMore(given, reading),
      };
      for (const pair of PAIRS) checkPair(read, pair, reading);
      return read;
    },
  };
}

/** Requests, each with its limit. */
const PAIRS = [
  ["cpu", "cpuLimit"],
  ["ephemeralStorageRequest", "ephemeralStorage"],
] as const;

function checkPair(
  read: Resources,
  [asked, limit]: (typeof PAIRS)[number],
  { key, faults }: Reading,
): void {
  const [least = "", most = ""] = [read[asked], read[limit]];
  if (![asked, limit].every((name) => RESOURCE_RULES[name].pattern.test(read[name] ?? ""))) return;
  if (amountOf(least) <= amountOf(most)) return;
  const wrong = `${key}.${asked} is ${least}, more than ${key}.${limit} (${most})`;
  const remedy = `${faults.set(`${key}.${limit}`, least)}, or ${faults.set(`${key}.${asked}`, most)}`;
  faults.add(key, wrong, "a request is at most its limit", remedy);
}

/** Reads the resources that have no default. */
function readMore(
  given: Readonly<Record<string, unknown>>,
  reading: Reading,
): Pick<Resources, keyof typeof MORE> {
  const entries = (Object.keys(MORE) as (keyof typeof MORE)[])
    .filter((name) => name in given)
    .map((name) => [name, readResource(name, given[name], MORE[name], reading)] as const);
  return Object.fromEntries(entries);
}

function refuseUnknown(given: object, { key, faults }: Reading): void {
  const known: readonly string[] = ALL;
  for (const name of Object.keys(given).filter((name) => !known.includes(name))) {
    const path = `${key}.${name}`;
    const allowed = "it has cpu, cpuLimit, memory, ephemeralStorage and ephemeralStorageRequest";
    faults.add(key, `${path} is no setting`, allowed, faults.remove(path));
  }
}

function readResource(
  name: keyof Resources,
  value: unknown,
  example: string,
  { key, faults }: Reading,
): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const { pattern, allowed } = RESOURCE_RULES[name];
  if (!pattern.test(text)) {
    const path = `${key}.${name}`;
    const remedy = faults.set(path, example);
    faults.add(key, `${path} is "${text}"`, `it must be ${allowed}`, remedy);
  }
  return text;
}
