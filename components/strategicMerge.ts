import { PATCH, RETAIN, TAKE } from "../settings/podField.ts";
import { fieldsOf, type Field } from "../settings/podSchema.ts";

type Values = Readonly<Record<string, unknown>>;

/**
 * Merges a patch into an object as `kubectl patch --type strategic` does. Kubernetes' own code is
 * k8s.io/apimachinery/pkg/util/strategicpatch; the tests compare the two.
 * @param field kind of both, which says by which key lists are merged
 */
export function strategicMerge(original: Values, patch: Values, field: Field): Values {
  const { [PATCH]: directive, ...rest } = patch;
  if (directive === "delete") return {};
  if (directive === "replace") return plain(rest) as Values;
  const merged: Record<string, unknown> = { ...retained(original, patch[RETAIN]) };
  for (const [name, value] of Object.entries(patch)) {
    const list = merged[name.replace(TAKE, "")];
    if (name.startsWith(TAKE) && Array.isArray(list)) {
      merged[name.replace(TAKE, "")] = list.filter((item) => !(value as unknown[]).includes(item));
    }
  }
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith("$")) continue;
    const isDeleted = value === null;
    merged[name] = isDeleted ? undefined : mergeField(merged[name], value, of(field, name));
  }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

/** Kind of a key's value. */
function of(field: Field, name: string): Field {
  if (typeof field === "string" || "list" in field || "choice" in field) return "text";
  return "map" in field ? field.map : (fieldsOf(field.object)[name] ?? "text");
}

function retained(original: Values, keys: unknown): Values {
  if (!Array.isArray(keys)) return original;
  return Object.fromEntries(Object.entries(original).filter(([name]) => keys.includes(name)));
}

function mergeField(original: unknown, patch: unknown, field: Field): unknown {
  if (isObject(original) && isObject(patch)) return strategicMerge(original, patch, field);
  if (Array.isArray(original) && Array.isArray(patch)) {
    const { list, merged } = field as Extract<Field, { list: Field }>;
    return merged === undefined ? plain(patch) : mergeList(original, patch, list, merged);
  }
  return withoutDirected(patch);
}

/** Merges lists by a key of their items, or by the items themselves. */
function mergeList(
  original: readonly unknown[],
  patch: readonly unknown[],
  field: Field,
  key: string | true,
): unknown[] {
  const keyOf = (item: unknown): unknown => (key === true ? item : (item as Values)[key]);
  const directive = (item: unknown): unknown => (isObject(item) ? item[PATCH] : undefined);
  const items = patch.filter((item) => directive(item) === undefined);
  if (patch.some((item) => directive(item) === "replace")) return plain(items) as unknown[];
  const deleted = patch.filter((item) => directive(item) === "delete").map(keyOf);
  const kept = original.filter((item) => !deleted.includes(keyOf(item)));
  const merged = new Map(kept.map((item) => [keyOf(item), item]));
  for (const item of items) {
    const before = merged.get(keyOf(item));
    const isBoth = isObject(before) && isObject(item);
    merged.set(keyOf(item), isBoth ? strategicMerge(before, item, field) : plain(item));
  }
  const patched = [...new Set(items.map(keyOf))];
  return ordered(kept.map(keyOf), patched).map((name) => merged.get(name));
}

/**
 * Order of a merged list, by keys: patched items in the order of the patch, and each other one
 * before the first patched one that it stood before.
 */
function ordered(original: readonly unknown[], patched: readonly unknown[]): unknown[] {
  const others = original.filter((name) => !patched.includes(name));
  const all: unknown[] = [];
  for (const name of patched) {
    const place = original.indexOf(name);
    while (others.length > 0 && original.indexOf(others[0]) < place) all.push(others.shift());
    all.push(name);
  }
  return [...all, ...others];
}

/** A patch's value where there is none to patch: without directives, and without the objects that have one. */
function withoutDirected(value: unknown): unknown {
  if (isObject(value) && PATCH in value) return undefined;
  if (Array.isArray(value)) {
    return value.map(withoutDirected).filter((item) => item !== undefined);
  }
  if (!isObject(value)) return value;
  return fromEntries(value, withoutDirected);
}

/** A patch's value that takes another's place: without directives. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return isObject(value) ? fromEntries(value, plain) : value;
}

function fromEntries(values: Values, change: (value: unknown) => unknown): Values {
  const entries = Object.entries(values)
    .filter(([name, value]) => !name.startsWith("$") && value !== null)
    .map(([name, value]) => [name, change(value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** Whether a value is an object of keys: an output of Pulumi's is one value. */
export function isObject(value: unknown): value is Values {
  return (
    value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype
  );
}
