import { object, type Reading, type Setting, type TextRule } from "./kinds.ts";

/** Resources of a pod. */
export interface Resources {
  /** CPUs that are requested, such as 250m; there is no limit. */
  readonly cpu: string;
  /** Memory that is requested and the limit, such as 768Mi: a pod that exceeds it dies alone. */
  readonly memory: string;
  /** Limit of what a pod writes outside of lasting volumes, such as 4Gi. */
  readonly ephemeralStorage: string;
}

/** A size of memory or of a volume. */
export const SIZE = {
  pattern: /^[1-9]\d*(\.\d+)?([kMGT]|[KMGT]i)?$/,
  allowed: "a size such as 512Mi or 1Gi",
  example: "1Gi",
} as const satisfies TextRule;

/** Rules of the three resources. */
export const RESOURCE_RULES: Readonly<Record<keyof Resources, Omit<TextRule, "example">>> = {
  cpu: {
    pattern: /^([1-9]\d*m|[1-9]\d*(\.\d+)?|0\.\d*[1-9]\d*)$/,
    allowed: "a number of CPUs such as 250m or 2",
  },
  memory: SIZE,
  ephemeralStorage: {
    pattern: /^[1-9]\d*(\.\d+)?[GT]i?$/,
    allowed: "a size of 1G or more such as 4Gi",
  },
};

const NAMES = ["cpu", "memory", "ephemeralStorage"] as const;

/** A setting for the resources of a pod; each of the three has a default. */
export function resources(key: string, about: string, defaults: Resources): Setting<Resources> {
  const part = (name: keyof Resources): object => ({
    anyOf: [{ type: "string", pattern: RESOURCE_RULES[name].pattern.source }, { type: "number" }],
  });
  const whole = object({
    about,
    unset: NAMES.map((name) => `${name} ${defaults[name]}`).join(", "),
    allowed: "an object of cpu (requested), memory (requested and limit), ephemeralStorage (limit)",
    schema: {
      properties: Object.fromEntries(NAMES.map((name) => [name, part(name)])),
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
      const value = (name: keyof Resources): string =>
        readResource(name, given[name] ?? defaults[name], defaults[name], reading);
      return {
        cpu: value("cpu"),
        memory: value("memory"),
        ephemeralStorage: value("ephemeralStorage"),
      };
    },
  };
}

function refuseUnknown(given: object, { key, faults }: Reading): void {
  const known: readonly string[] = NAMES;
  for (const name of Object.keys(given).filter((name) => !known.includes(name))) {
    const path = `${key}.${name}`;
    const allowed = "it has cpu, memory and ephemeralStorage";
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
