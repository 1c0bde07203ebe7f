import { orList } from "./faults.ts";
import type { Reading } from "./kinds.ts";
import { nearestName } from "./nearestName.ts";
import { fieldsOf, type Field } from "./podSchema.ts";

type Values = Readonly<Record<string, unknown>>;

/** A part of a patch, and where it stands. */
export interface Part {
  readonly value: unknown;
  readonly path: string;
  readonly reading: Reading;
}

/** Directive by which a patch replaces or deletes an object, instead of merging it. */
export const PATCH = "$patch";
/** Directive that names the keys of an object that stay. */
export const RETAIN = "$retainKeys";
/** Beginning of the directive that takes items out of a list. */
export const TAKE = "$deleteFromPrimitiveList/";

const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$/;

/**
 * Reads a value of a patch by Kubernetes' schema, and notes all that is wrong with it. Pulumi turns
 * some texts into numbers and truths, and null into a text; they are turned back.
 */
export function readField(field: Field, part: Part): unknown {
  const { value } = part;
  if (value === null || (value === "null" && field !== "text")) return null;
  if (typeof field === "string") return readScalar(field, part);
  if ("choice" in field) return readChoice(field.choice, part);
  if ("list" in field) return readList(field, part);
  const isObject = typeof value === "object" && !Array.isArray(value);
  if (!isObject) return wrong(part, "an object of keys and values");
  return readEntries(field, value as Values, part);
}

const SCALARS: Readonly<
  Record<Extract<Field, string>, readonly [allowed: string, read: (value: unknown) => unknown]>
> = {
  text: [
    "a text",
    (value) =>
      typeof value === "boolean" || Number.isInteger(value) ? String(value) : textOf(value),
  ],
  integer: [
    "a whole number",
    (value) => (/^-?\d+$/.test(String(value)) ? Number(value) : undefined),
  ],
  truth: [
    "true or false",
    (value) => (/^(true|false)$/.test(String(value)) ? String(value) === "true" : undefined),
  ],
  quantity: [
    "a quantity such as 250m or 4Gi",
    (value) => (QUANTITY.test(String(value)) ? String(value) : undefined),
  ],
  "integer or text": [
    "a whole number or a text",
    (value) => (Number.isInteger(value) ? value : textOf(value)),
  ],
};

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function readScalar(field: Extract<Field, string>, part: Part): unknown {
  const [allowed, read] = SCALARS[field];
  return read(part.value) ?? wrong(part, allowed);
}

/** One of some words; an empty one stands for none, as in Kubernetes. */
function readChoice(choices: readonly string[], part: Part): unknown {
  const { value } = part;
  if (value === "" || choices.includes(value as string)) return value;
  return wrong(part, orList(choices), nearestName(String(value), choices));
}

function readList(field: Extract<Field, { list: Field }>, part: Part): unknown {
  if (!Array.isArray(part.value)) return wrong(part, "a list");
  const { reading } = part;
  return part.value.map((value: unknown, index) => {
    const path = `${part.path}[${index}]`;
    if (value === null) return wrong({ value, path, reading }, "an item; it is deleted by $patch");
    const item = readField(field.list, { value, path, reading });
    if (typeof item === "object") checkItem(field, item as Values, { value, path, reading });
    return item;
  });
}

/** Checks an item's place in its list: a merged list finds its items by a key. */
function checkItem({ merged }: { merged?: string | true }, item: Values, part: Part): void {
  const { path, reading } = part;
  const { key, faults } = reading;
  if (merged === undefined && PATCH in item) {
    const allowed = "a patch replaces this list as a whole";
    faults.add(key, `${path} has ${PATCH}`, allowed, faults.remove(`${path}.${PATCH}`));
  } else if (typeof merged === "string" && !(merged in item) && item[PATCH] !== "replace") {
    const allowed = `items of this list are merged by their ${merged}`;
    const remedy = faults.set(`${path}.${merged}`, "<value>");
    faults.add(key, `${path} has no ${merged}`, allowed, remedy);
  }
}

function readEntries(
  field: { object: string } | { map: Field },
  values: Values,
  { path, reading }: Part,
): Values {
  const fields = "object" in field ? fieldsOf(field.object) : undefined;
  const read = Object.entries(values).map(([name, value]) => {
    const part = { value, path: pathOf(path, name), reading };
    if (name.startsWith("$")) return [name, readDirective(name, part)];
    if ("map" in field) return [name, readField(field.map, part)];
    const known = fields?.[name];
    return [name, known === undefined ? unknown(name, field.object, part) : readField(known, part)];
  });
  return Object.fromEntries(read) as Values;
}

function readDirective(name: string, part: Part): unknown {
  if (name === PATCH) {
    const words = ["replace", "delete"];
    return words.includes(String(part.value)) ? part.value : wrong(part, orList(words));
  }
  if (name === RETAIN || name.startsWith(TAKE)) return readField({ list: "text" }, part);
  const { path, reading } = part;
  const allowed = `${PATCH}, ${RETAIN} and ${TAKE}<list> are`;
  reading.faults.add(reading.key, `${path} is no directive`, allowed, reading.faults.remove(path));
  return undefined;
}

function unknown(name: string, type: string, { path, reading }: Part): unknown {
  const { key, faults } = reading;
  const fields = Object.keys(fieldsOf(type));
  const nearest = nearestName(name, fields);
  const set =
    nearest === undefined
      ? ""
      : `; ${faults.set(path.slice(0, -name.length) + nearest, "<value>")}`;
  const remedy = `${faults.remove(path)}${set}`;
  faults.add(key, `${path} is no field of a ${type}`, `allowed: ${fields.join(", ")}`, remedy);
  return undefined;
}

function wrong({ value, path, reading }: Part, allowed: string, example = "<value>"): unknown {
  const { key, faults } = reading;
  const remedy = faults.set(path, example);
  faults.add(key, `${path} is ${JSON.stringify(value)}`, `it must be ${allowed}`, remedy);
  return undefined;
}

/** Path of a key, as Pulumi's `--path` takes it. */
function pathOf(path: string, name: string): string {
  return /^[\w$-]+$/.test(name) ? `${path}.${name}` : `${path}["${name}"]`;
}
