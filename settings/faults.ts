import { shellWord } from "../contract/shellWord.ts";

/** A setting that is wrong. */
export interface Fault {
  /** The setting that the fault is about, without a path into it. */
  readonly key: string;
  /** The wrong value, in words. */
  readonly wrong: string;
  /** The allowed values, in words. */
  readonly allowed: string;
  /** The command that fixes it. */
  readonly remedy: string;
}

/** Collects the faults of one stack's settings, so that all are reported at once. */
export class Faults {
  readonly #found: Fault[] = [];

  /** @param stack name of the stack, for the commands */
  constructor(private readonly stack: string) {}

  /** The faults in the order they were found. */
  get found(): readonly Fault[] {
    return this.#found;
  }

  /** Adds a fault of the setting `key`. */
  add(key: string, wrong: string, allowed: string, remedy: string): void {
    this.#found.push({ key, wrong, allowed, remedy });
  }

  /** Command that sets a key; a key with a dot is a path into an object. */
  set(key: string, value: string | number): string {
    return `pulumi config set ${path(key)} ${quoted(String(value))} -s ${this.stack}`;
  }

  /** Command that removes a key which has dots or brackets of its own. */
  removeWhole(key: string): string {
    return `pulumi config rm ${quoted(key)} -s ${this.stack}`;
  }

  /** Command that removes a key; a key with a dot or a bracket is a path into an object. */
  remove(key: string): string {
    return `pulumi config rm ${path(key)} -s ${this.stack}`;
  }
}

function path(key: string): string {
  return /[.[]/.test(key) ? `--path '${key}'` : key;
}

/** A value as a shell takes it; what is quoted already, redirections and placeholders such as `<name>` stay. */
function quoted(value: string): string {
  return /^["<]|<\w+>/.test(value) ? value : shellWord(value);
}

/** All faults in one message, a line each. */
export function faultMessage(faults: readonly Fault[]): string {
  const count = faults.length === 1 ? "1 setting is" : `${faults.length} settings are`;
  const lines = faults.map(({ wrong, allowed, remedy }) => `  ${wrong} — ${allowed} — ${remedy}`);
  return [`${count} wrong:`, ...lines].join("\n");
}

/** `a`, `a or b`, `a, b or c`. */
export function orList(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}
