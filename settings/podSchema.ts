import { readFileSync } from "node:fs";

/** Kind of a field's value, in Kubernetes' schema of pods. */
export type Field =
  | "text"
  | "integer"
  | "truth"
  | "quantity"
  | "integer or text"
  | { readonly object: string }
  | { readonly choice: readonly string[] }
  | { readonly map: Field }
  | {
      readonly list: Field;
      /** Key by which a patch merges the items, or true for items of no keys. @default it replaces the list */
      readonly merged?: string | true;
    };

type Fields = Readonly<Record<string, Field>>;

/** Type of a pod: its specification, with `metadata` (labels and annotations) beside it. */
export const POD = { object: "PodSpec" } as const;

interface Table {
  readonly types: Readonly<Record<string, Fields>>;
  readonly required: Readonly<Record<string, readonly string[]>>;
}

let table: Table | undefined;

function read(): Table {
  table ??= JSON.parse(readFileSync(new URL("podSchema.json", import.meta.url), "utf8")) as Table;
  return table;
}

/** Fields of an object's type, such as `Toleration`, as Kubernetes has them: dev/podSchema.ts writes them. */
export function fieldsOf(type: string): Fields {
  return read().types[type] ?? {};
}

/** Fields that each object of a type must have. */
export function requiredOf(type: string): readonly string[] {
  return read().required[type] ?? [];
}
