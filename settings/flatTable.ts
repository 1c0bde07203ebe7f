/** A value of nested tables. */
export interface FlatValue {
  /** The tables' keys around the value and its own, joined by dots. */
  readonly key: string;
  /** The same keys one by one; a key may have dots of its own. */
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Flattens nested tables as Flower does; an empty table gives nothing. Values that are no plain
 * objects are given as they are; a key may come twice.
 * @see https://flower.ai/docs/framework/how-to-configure-apps.html
 */
export function flatten(table: object, above: readonly string[] = []): FlatValue[] {
  return Object.entries(table).flatMap(([name, value]: [string, unknown]) => {
    const path = [...above, name];
    return isPlainObject(value) ? flatten(value, path) : [{ key: joined(path), path, value }];
  });
}

/** Joins keys by dots; empty ones at the beginning leave no dot. */
function joined(path: readonly string[]): string {
  return path.reduce((above, name) => (above === "" ? name : `${above}.${name}`));
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
