/** A value in Pulumi's wire format: JSON, with secrets and unknowns as marked values. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
/** Properties of a resource by name. */
export type Properties = Record<string, Value>;

/** Marks of the wire format, from Pulumi's `sdk/go/common/resource/sig`. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270";
/** Stands for a value that is known only after the update. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The value marked as a secret: kept encrypted in the state and hidden in what is printed. */
export function secret(value: Value): Value {
  return { [SIGNATURE]: SECRET_MARK, value };
}

/** Whether the value itself is marked as a secret. */
export function isSecret(value: Value): value is { value: Value } {
  return isObject(value) && value[SIGNATURE] === SECRET_MARK;
}

/** Copies a value with all secrets revealed. */
export function reveal(value: Value): Value {
  if (isSecret(value)) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (isObject(value)) return mapValues(value, reveal);
  return value;
}

/** Whether there is a secret anywhere in the value. */
export function holdsSecret(value: Value): boolean {
  return isSecret(value) || children(value).some(holdsSecret);
}

/** Whether anything in the value is known only after `up`. */
export function holdsUnknown(value: Value): boolean {
  return value === unknown || children(value).some(holdsUnknown);
}

/** Kind of a change at one path of the inputs, such as `environment.PATH` or `triggers[0]`. */
export type Change = "add" | "delete" | "update";

/** Finds the paths at which `news` differs from `olds`; a secret equals its plain value. */
export function differences(olds: Properties, news: Properties): Map<string, Change> {
  const found = new Map<string, Change>();
  compare("", reveal(olds), reveal(news), found);
  return found;
}

function compare(path: string, old: Value, now: Value, found: Map<string, Change>): void {
  if (Array.isArray(old) && Array.isArray(now)) {
    for (let index = 0; index < Math.max(old.length, now.length); index++) {
      compareAt(`${path}[${index}]`, old[index], now[index], found);
    }
  } else if (isObject(old) && isObject(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      compareAt(path + step(key, path === ""), old[key], now[key], found);
    }
  } else if (now === unknown || old !== now) {
    found.set(path, "update");
  }
}

function compareAt(
  path: string,
  old: Value | undefined,
  now: Value | undefined,
  found: Map<string, Change>,
): void {
  // The engine omits null values, which the state may hold: both mean the same.
  if (old === undefined || old === null) {
    if (now !== undefined && now !== null) found.set(path, "add");
  } else if (now === undefined || now === null) {
    found.set(path, "delete");
  } else {
    compare(path, old, now, found);
  }
}

function step(key: string, first: boolean): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `[${JSON.stringify(key)}]`;
  return first ? key : `.${key}`;
}

function children(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value) : [];
}

function isObject(value: Value): value is { [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapValues(value: Properties, change: (value: Value) => Value): Properties {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]));
}
