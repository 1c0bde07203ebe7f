import type { Reading } from "./kinds.ts";

/** A volume as it was written, with the keys of `nfs` beside the others. */
export interface Draft {
  readonly values: Readonly<Partial<Record<string, unknown>>>;
  /** Keys that unknown ones seem to mean, or these. */
  readonly meant: Set<string>;
  /** Adds a fault of a key; `example` is a good value, or removes the key where there is none. */
  readonly add: (name: string, allowed: string, example?: string) => void;
  /** Adds a fault of a key that is to be replaced by others, each with its value. */
  readonly replace: (name: string, allowed: string, others: readonly (readonly string[])[]) => void;
}

/** Takes a volume apart, so that its faults can be told. @param place path of the volume */
export function draftOf(item: object, place: string, { key, faults }: Reading): Draft {
  const values = valuesOf(item);
  const wrong = (name: string): string =>
    values[name] === undefined ? "is not set" : `is ${JSON.stringify(values[name])}`;
  const add: Draft["add"] = (name, allowed, example) => {
    const path = `${place}.${name}`;
    const remedy = example === undefined ? faults.remove(path) : faults.set(path, example);
    faults.add(key, `${path} ${wrong(name)}`, allowed, remedy);
  };
  const replace: Draft["replace"] = (name, allowed, others) => {
    const path = `${place}.${name}`;
    const sets = others.map(([other = "", value = ""]) => faults.set(`${place}.${other}`, value));
    const remedy = [faults.remove(path), ...sets].join("; ");
    faults.add(key, `${path} ${wrong(name)}`, allowed, remedy);
  };
  return { values, meant: new Set(), add, replace };
}

/** Values by key, those of `nfs` by keys with a dot; a key without a value is none. */
function valuesOf(item: object): Record<string, unknown> {
  const entries = Object.entries(item) as [string, unknown][];
  const flat = entries.flatMap(([name, value]): [string, unknown][] => {
    if (value === null) return [];
    const isTable = name === "nfs" && typeof value === "object" && Object.keys(value).length > 0;
    if (!isTable) return [[name, shortened(name, value)]];
    const inner = Object.entries(value) as [string, unknown][];
    return inner.map(([one, its]) => [`nfs.${one}`, shortened(`nfs.${one}`, its)]);
  });
  return Object.fromEntries(flat);
}

/** A path without the slashes that mean nothing, at its end and after others; an address without brackets. */
function shortened(name: string, value: unknown): unknown {
  if (name === "nfs.server" && typeof value === "string") return value.replace(/^\[(.*)\]$/, "$1");
  const isPath = ["path", "subPath", "hostPath", "nfs.path"].includes(name);
  if (!isPath || typeof value !== "string") return value;
  return value.replace(/\/+/g, "/").replace(/(.)\/$/, "$1");
}
