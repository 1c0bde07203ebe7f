import { readFileSync } from "node:fs";

/** Kind of a field's value, in Kubernetes' schema of pods. */
export type Field =
  | "text"
  | "integer"
  | "truth"
  | "quantity"
  | "integer or text"
  | { readonly object: string }
  | { readonly map: Field }
  | {
      readonly list: Field;
      /** Key by which a patch merges the items, or true for items of no keys. @default it replaces the list */
      readonly merged?: string | true;
    };

type Fields = Readonly<Record<string, Field>>;

/** Type of a pod: its specification, with `metadata` (labels and annotations) beside it. */
export const POD = { object: "PodSpec" } as const;

let types: Readonly<Record<string, Fields>> | undefined;

/** Fields of an object's type, such as `Toleration`, as Kubernetes has them: dev/podSchema.ts writes them. */
export function fieldsOf(type: string): Fields {
  types ??= JSON.parse(
    readFileSync(new URL("podSchema.json", import.meta.url), "utf8"),
  ) as Readonly<Record<string, Fields>>;
  return types[type] ?? {};
}
