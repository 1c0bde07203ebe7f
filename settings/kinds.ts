import { orList, type Faults } from "./faults.ts";
import { nearestName } from "./nearestName.ts";

/** Where a setting's text is read. */
export interface Reading {
  /** Name of the setting. */
  readonly key: string;
  /** Value of the setting that this one follows when it is not set, else its own default. */
  readonly fallback: unknown;
  /** Takes what is wrong. */
  readonly faults: Faults;
}

/** A row of the table: what it says about a setting, and how the setting's text is read. */
export interface Setting<T> {
  /** Meaning of the setting with its unit; no full stop. */
  readonly about: string;
  /** Value in Pulumi.yaml; "" for a setting that may stay unset. */
  readonly default: unknown;
  /** Setting whose value is taken when this one is not set. */
  readonly follows?: string;
  /** Effect of leaving the setting unset, in words. @default nothing needs to be said */
  readonly unset?: string;
  /** Allowed values in words; "" when every text is. */
  readonly allowed: string;
  /** JSON Schemas of a value in a stack file; one of them must match. */
  readonly schemas: readonly object[];
  /** Must be at most another setting. Whole numbers only. */
  readonly atMost?: Comparison;
  /** Must be at least another setting. Whole numbers only. */
  readonly atLeast?: Comparison;
  /**
   * Part in the run's id, for a setting of the run. `never`: it only limits the time. `unless
   * default`: it came after version 0.1, whose runs keep their ids. @default it always counts
   */
  readonly inRunId?: "never" | "unless default";
  /** Whether its value may be secret: it is then nowhere in clear. @default false */
  readonly mayBeSecret?: true;
  /** Reads the setting's text; undefined when it has a fault, which is in `faults` then. */
  readonly read: (text: string, reading: Reading) => T | undefined;
}

/** Compares a whole number with another setting. */
export interface Comparison {
  /** The other setting. */
  readonly key: string;
  /** The rule in words. */
  readonly rule: string;
}

type Row = Pick<Setting<unknown>, "about" | "unset">;

/** A whole number between bounds, both allowed; `follows` takes the place of a default. */
export function integer({
  least,
  most = 1_000_000,
  ...row
}: Row &
  Pick<Setting<unknown>, "follows" | "atMost" | "atLeast" | "inRunId"> & {
    readonly default?: number;
    readonly least: number;
    /** @default a million */
    readonly most?: number;
  }): Setting<number> {
  const allowed = `a whole number from ${least} to ${most}`;
  return {
    default: "",
    ...row,
    allowed,
    schemas: [
      { type: "integer", minimum: least, maximum: most },
      { type: "string", pattern: row.default === undefined ? "^[0-9]*$" : "^[0-9]+$" },
    ],
    read: (text, { key, fallback, faults }) => {
      if (text === "" && row.follows !== undefined) return fallback as number | undefined;
      // Not parseInt, which takes 10abc for 10 and 2.5 for 2.
      const number = /^(0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
      if (number >= least && number <= most) return number;
      const example = faults.set(key, typeof fallback === "number" ? fallback : least);
      faults.add(key, `${key} is "${text}"`, `it must be ${allowed}`, example);
      return undefined;
    },
  };
}

/** One of some names. */
export function choice<const T extends string>(
  choices: readonly [T, ...T[]],
  row: Row & Pick<Setting<unknown>, "inRunId"> & { readonly default: T },
): Setting<T> {
  const allowed = orList(choices);
  return {
    ...row,
    allowed,
    schemas: [{ enum: choices }],
    read: (text, { key, faults }) => {
      const found = choices.find((name) => name === text);
      const nearest = nearestName(text, choices) ?? choices[0];
      if (found === undefined) {
        faults.add(key, `${key} is "${text}"`, `it must be ${allowed}`, faults.set(key, nearest));
      }
      return found;
    },
  };
}

/** One of some names, or unset. */
export function optionalChoice<const T extends string>(
  choices: readonly [T, ...T[]],
  row: Row,
): Setting<T | undefined> {
  const needed = choice(choices, { ...row, default: choices[0] });
  return {
    ...needed,
    default: "",
    schemas: [{ enum: ["", ...choices] }],
    read: (text, reading) => (text === "" ? undefined : needed.read(text, reading)),
  };
}

/** true or false. */
export function flag(row: Row & { readonly default: boolean }): Setting<boolean> {
  const word = choice(["true", "false"], { ...row, default: row.default ? "true" : "false" });
  return {
    ...word,
    default: row.default,
    schemas: [{ type: "boolean" }, ...word.schemas],
    read: (text, reading) => {
      const found = word.read(text, reading);
      return found === undefined ? undefined : found === "true";
    },
  };
}

/** Rule for a text. */
export interface TextRule {
  readonly pattern: RegExp;
  /** The pattern in words, to follow "it must be". */
  readonly allowed: string;
  /** A good value, for the command that fixes a bad one. */
  readonly example: string;
}

/** A text that must match a pattern and cannot be empty. */
export function text(row: Row & TextRule & { readonly default: string }): Setting<string> {
  const { pattern, allowed, example } = row;
  return {
    ...row,
    // YAML reads some texts as a number or a boolean; the pattern holds for texts alone.
    schemas: [{ type: ["string", "number", "boolean"], pattern: pattern.source }],
    read: (value, { key, faults }) => {
      if (pattern.test(value)) return value;
      faults.add(key, `${key} is "${value}"`, `it must be ${allowed}`, faults.set(key, example));
      return undefined;
    },
  };
}

/** A text that may stay unset. */
export function optionalText(row: Row & TextRule): Setting<string | undefined> {
  const needed = text({ ...row, default: "" });
  return {
    ...needed,
    schemas: [{ const: "" }, ...needed.schemas],
    read: (value, reading) => (value === "" ? undefined : needed.read(value, reading)),
  };
}

/** A whole number that may stay unset. */
export function optionalInteger(
  row: Required<Row> & { readonly least: number; readonly most: number },
): Setting<number | undefined> {
  const needed = integer({ ...row, default: row.least });
  return {
    ...needed,
    default: "",
    schemas: [{ const: "" }, ...needed.schemas],
    read: (value, reading) => (value === "" ? undefined : needed.read(value, reading)),
  };
}

/** Any text. */
export function anyText(row: Row): Setting<string> {
  return {
    ...row,
    default: "",
    allowed: "",
    schemas: [{ type: ["string", "number", "boolean"] }],
    read: (value) => value,
  };
}

/** An object, written as JSON; `example` is a path into it and a value, for the remedy. */
export function object({
  hidden = false,
  ...row
}: Row & {
  /** Whether the value may hold a password, so that no message repeats it. @default false */
  readonly hidden?: boolean;
  readonly allowed: string;
  readonly schema: object;
  readonly example: readonly [path: string, value: string];
}): Setting<Readonly<Record<string, unknown>>> {
  return {
    ...row,
    default: {},
    schemas: [{ const: "" }, { type: "object", ...row.schema }],
    read: (value, { key, faults }) => {
      const parsed = value === "" ? {} : parsedObject(value);
      if (parsed === undefined) {
        const remedy = `${faults.remove(key)}; ${faults.set(...row.example)}`;
        const wrong = hidden ? `${key} is no object` : `${key} is "${value}"`;
        faults.add(key, wrong, "it must be an object of keys and values", remedy);
      }
      return parsed;
    },
  };
}

function parsedObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
