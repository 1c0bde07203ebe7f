import { nearestName } from "./nearestName.ts";

/** A setting that is wrong: what it is, what it may be, and the command that mends it. */
export interface Fault {
  readonly wrong: string;
  readonly allowed: string;
  readonly remedy: string;
}

/** Rule of a text setting: what it must match, said in words, and an example. */
export interface TextRule {
  readonly pattern: RegExp;
  readonly allowed: string;
  readonly example: string;
}

/** Bounds of a whole number, both included, and a good one. */
export interface Range {
  readonly least: number;
  /** @default a million */
  readonly most?: number;
  readonly example: number;
}

const LARGEST = 1_000_000;

/**
 * Reads raw stack config value by value and gathers what is wrong, so that all faults can be told
 * at once. A method that found a fault gives undefined.
 */
export class ConfigValues {
  readonly faults: Fault[] = [];
  readonly #asked = new Set<string>();
  readonly #raw: Readonly<Record<string, string>>;
  readonly #stack: string;

  /** `raw`: values by key, without the project's name before it. */
  constructor(raw: Readonly<Record<string, string>>, stack: string) {
    this.#raw = raw;
    this.#stack = stack;
  }

  /** Command that sets `key`; a key with a dot is a path into an object. */
  set(key: string, value: string | number): string {
    const path = key.includes(".") ? `--path '${key}'` : key;
    return `pulumi config set ${path} ${String(value)} -s ${this.#stack}`;
  }

  /** Command that takes `key` out. */
  remove(key: string): string {
    const path = /[.[]/.test(key) ? `--path '${key}'` : key;
    return `pulumi config rm ${path} -s ${this.#stack}`;
  }

  add(wrong: string, allowed: string, remedy: string): void {
    this.faults.push({ wrong, allowed, remedy });
  }

  /** The value as written; undefined when not set or empty. */
  optional(key: string): string | undefined {
    this.#asked.add(key);
    const value = this.#raw[key];
    return value === undefined || value === "" ? undefined : value;
  }

  text(key: string, rule: TextRule): string | undefined {
    const value = this.optional(key);
    if (value === undefined || rule.pattern.test(value)) return value;
    this.add(`${key} is "${value}"`, rule.allowed, this.set(key, rule.example));
    return undefined;
  }

  choice<T extends string>(key: string, choices: readonly [T, ...T[]]): T | undefined {
    const value = this.optional(key) ?? "";
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    this.add(
      `${key} is "${value}"`,
      `it must be ${orList(choices)}`,
      this.set(key, nearestName(value, choices) ?? choices[0]),
    );
    return undefined;
  }

  integer(key: string, range: Range): number | undefined {
    const { least, most = LARGEST, example } = range;
    const value = this.optional(key) ?? "";
    // No parseInt: it takes 10abc for 10 and 2.5 for 2.
    const number = /^(0|[1-9]\d*)$/.test(value) ? Number(value) : Number.NaN;
    if (number >= least && number <= most) return number;
    this.add(
      `${key} is "${value}"`,
      `it must be a whole number from ${String(least)} to ${String(most)}`,
      this.set(key, example),
    );
    return undefined;
  }

  /** `integer`, but a value that is not set is `otherwise`. */
  optionalInteger(key: string, range: Range, otherwise: number | undefined): number | undefined {
    return this.optional(key) === undefined ? otherwise : this.integer(key, range);
  }

  boolean(key: string): boolean | undefined {
    const value = this.choice(key, ["true", "false"]);
    return value === undefined ? undefined : value === "true";
  }

  /** `example`: a path into the object and a value, for the remedy. */
  object(
    key: string,
    example: readonly [path: string, value: string],
  ): Record<string, unknown> | undefined {
    const value = this.optional(key);
    if (value === undefined) return {};
    try {
      const parsed: unknown = JSON.parse(value);
      if (parsed !== null && typeof parsed === "object" && !Array.isArray(parsed)) {
        return parsed as Record<string, unknown>;
      }
    } catch {
      // Told below, together with what is JSON but no object.
    }
    this.add(
      `${key} is "${value}"`,
      "it must be an object of keys and values",
      `${this.remove(key)}; ${this.set(...example)}`,
    );
    return undefined;
  }

  /** A fault for every key nobody asked for; to be called last. */
  refuseUnknown(): void {
    const known = [...this.#asked];
    for (const key of Object.keys(this.#raw).filter((name) => !this.#asked.has(name))) {
      const nearest = nearestName(key, known);
      this.add(
        `${key} is no setting`,
        nearest === undefined ? `the settings are in Pulumi.yaml` : `did you mean ${nearest}?`,
        nearest === undefined
          ? this.remove(key)
          : `${this.remove(key)}; ${this.set(nearest, "<value>")}`,
      );
    }
  }
}

/** `a`, `a or b`, `a, b or c`. */
export function orList(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}

/** All faults in one message, a line each. */
export function faultMessage(faults: readonly Fault[]): string {
  const count = faults.length === 1 ? "1 setting is" : `${String(faults.length)} settings are`;
  const lines = faults.map(({ wrong, allowed, remedy }) => `  ${wrong} — ${allowed} — ${remedy}`);
  return [`${count} wrong:`, ...lines].join("\n");
}
