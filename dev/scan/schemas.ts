type Schema = Readonly<Record<string, unknown>>;

/** What of Kubernetes' OpenAPI document is read here. */
export interface OpenApi {
  readonly definitions: Readonly<Record<string, Schema>>;
}

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const DEFINITIONS = "definitions.json";

/** What the document calls a text, and the API server takes as a number too. */
const ALSO_NUMBERS: Readonly<Record<string, string>> = {
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "integer",
  "io.k8s.apimachinery.pkg.api.resource.Quantity": "number",
};

/**
 * JSON schemas that allow no field which Kubernetes does not know, by the names under which kubeconform looks for them:
 * one with all definitions, and one a kind that leads there.
 */
export function schemas({ definitions }: OpenApi): Record<string, Schema> {
  const files: Record<string, Schema> = {
    [DEFINITIONS]: {
      definitions: Object.fromEntries(
        Object.entries(definitions).map(([name, schema]) => [name, strict(name, schema)]),
      ),
    },
  };
  for (const [name, schema] of Object.entries(definitions))
    for (const kind of (schema["x-kubernetes-group-version-kind"] ?? []) as Kind[])
      files[fileOf(kind)] = { $ref: `${DEFINITIONS}#/definitions/${name}` };
  return files;
}

function strict(name: string, schema: Schema): Schema {
  const number = ALSO_NUMBERS[name];
  if (number !== undefined) return { type: ["string", number] };
  return "properties" in schema ? { ...schema, additionalProperties: false } : schema;
}

/** kubeconform's `{{.ResourceKind}}{{.KindSuffix}}`. */
function fileOf({ group, version, kind }: Kind): string {
  const [first] = group.split(".");
  return `${[kind.toLowerCase(), first, version].filter((part) => part !== "").join("-")}.json`;
}
