type Schema = Readonly<Record<string, unknown>>;

/** The fields of Kubernetes' OpenAPI document that are read here. */
export interface OpenApi {
  readonly definitions: Readonly<Record<string, Schema>>;
}

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const DEFINITIONS = "definitions.json";

/** Types that the document calls strings although the API server accepts numbers as well. */
const ALSO_NUMBERS: Readonly<Record<string, string>> = {
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "integer",
  "io.k8s.apimachinery.pkg.api.resource.Quantity": "number",
};

/**
 * Writes JSON schemas that forbid unknown fields, by the file names that kubeconform looks for: one file with all
 * definitions, and one for each kind that refers to it.
 */
export function schemas({ definitions }: OpenApi): Record<string, Schema> {
  const files: Record<string, Schema> = {
    [DEFINITIONS]: {
      definitions: Object.fromEntries(
        Object.entries(definitions).map(([name, schema]) => [name, strict(name, schema)]),
      ),
    },
  };
  for (const [name, schema] of Object.entries(definitions)) {
    for (const kind of (schema["x-kubernetes-group-version-kind"] ?? []) as Kind[]) {
      files[fileOf(kind)] = { $ref: `${DEFINITIONS}#/definitions/${name}` };
    }
  }
  return files;
}

function strict(name: string, schema: Schema): Schema {
  const number = ALSO_NUMBERS[name];
  if (number !== undefined) return { type: ["string", number] };
  return "properties" in schema ? { ...schema, additionalProperties: false } : schema;
}

/** File name of a kind: kubeconform's `{{.ResourceKind}}{{.KindSuffix}}`. */
function fileOf({ group, version, kind }: Kind): string {
  const [first] = group.split(".");
  return `${[kind.toLowerCase(), first, version].filter((part) => part !== "").join("-")}.json`;
}
