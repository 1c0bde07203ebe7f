/**
 * Writes settings/podSchema.json from the OpenAPI document that comes with Kubernetes' sources, and
 * from those of its API, in Go's module cache once the embedded cluster was built: `node --import tsx dev/podSchema.ts`.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { format } from "prettier";

import type { Field } from "../settings/podSchema.ts";
import { podChoices, type Choices } from "./podChoices.ts";

/** File that this program writes. */
export const FILE = "settings/podSchema.json";
/** Release whose pods are described: that of the embedded cluster. */
const RELEASE = "v1.34.4";
const POD = "io.k8s.api.core.v1.PodSpec";
/** Fields that no template of pods can have. */
const NOT_IN_TEMPLATES = ["ephemeralContainers", "managedFields"];

interface Property {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Property;
  readonly additionalProperties?: Property;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly "x-kubernetes-patch-merge-key"?: string;
  readonly "x-kubernetes-patch-strategy"?: string;
}

type Definitions = Readonly<Record<string, Property>>;

/** Texts that the table is made from. */
export interface Sources {
  /** OpenAPI document of Kubernetes. */
  readonly document: string;
  /** Go's source of the API of pods. */
  readonly api: string;
}

/** Reads the sources; undefined when this machine has none. */
export function readSources(): Sources | undefined {
  const cache = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
  const files = [
    `kubernetes@${RELEASE}/api/openapi-spec/swagger.json`,
    `api@${RELEASE.replace("v1", "v0")}/core/v1/types.go`,
  ].map((file) => join(cache, "k8s.io", file));
  if (!files.every((file) => existsSync(file))) return undefined;
  const [document = "", api = ""] = files.map((file) => readFileSync(file, "utf8"));
  return { document, api };
}

/** Makes the table. A pod's labels and annotations are beside its spec. */
export async function podSchema({ document, api }: Sources): Promise<string> {
  const { definitions } = JSON.parse(document) as { readonly definitions: Definitions };
  const choices = podChoices(api);
  const types: Record<string, Readonly<Record<string, Field>>> = {};
  const required: Record<string, readonly string[]> = {};
  const left = [POD];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    const fields = Object.entries(definitions[name]?.properties ?? {}).filter(
      ([key]) => !NOT_IN_TEMPLATES.includes(key),
    );
    types[short(name)] = Object.fromEntries(
      fields.map(([key, property]) => [
        key,
        choiceOf(choices, short(name), key) ?? field(property, definitions),
      ]),
    );
    const needed = definitions[name]?.required;
    if (needed !== undefined) required[short(name)] = needed;
    const more = fields.flatMap(([, property]) => objectOf(property, definitions) ?? []);
    left.push(...more.filter((one) => !(short(one) in types)));
  }
  types.PodSpec = { ...types.PodSpec, metadata: { object: "PodMetadata" } };
  types.PodMetadata = { annotations: { map: "text" }, labels: { map: "text" } };
  const table = { types: sorted(types), required: sorted(required) };
  return format(JSON.stringify(table), { filepath: FILE });
}

function sorted<T>(values: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function choiceOf(choices: Choices, type: string, key: string): Field | undefined {
  const choice = choices[type]?.[key];
  return choice === undefined ? undefined : { choice };
}

/** Name of the object's type that a property, its items or its values have; undefined for others. */
function objectOf(property: Property, definitions: Definitions): string | undefined {
  const { $ref, items, additionalProperties } = property;
  const inner = items ?? additionalProperties;
  if (inner !== undefined) return objectOf(inner, definitions);
  const name = $ref?.replace("#/definitions/", "");
  return definitions[name ?? ""]?.properties === undefined ? undefined : name;
}

function field(property: Property, definitions: Definitions): Field {
  const { items, additionalProperties, type = "", $ref } = property;
  if (items !== undefined) {
    const strategy = property["x-kubernetes-patch-strategy"] ?? "";
    const key = property["x-kubernetes-patch-merge-key"];
    const list = field(items, definitions);
    return /\bmerge\b/.test(strategy) ? { list, merged: key ?? true } : { list };
  }
  if (additionalProperties !== undefined) return { map: field(additionalProperties, definitions) };
  const object = objectOf(property, definitions);
  if (object !== undefined) return { object: short(object) };
  return $ref === undefined ? (SCALARS[type] ?? "text") : (SCALARS[short($ref)] ?? "text");
}

const SCALARS: Readonly<Record<string, Field>> = {
  string: "text",
  integer: "integer",
  boolean: "truth",
  Quantity: "quantity",
  IntOrString: "integer or text",
  Time: "text",
};

function short(name: string): string {
  return name.split(/[./]/).at(-1) ?? name;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const sources = readSources();
  if (sources === undefined) {
    console.error(
      `Go's module cache has no k8s.io/kubernetes@${RELEASE} — the embedded cluster's build brings it — npm run cluster:up`,
    );
    process.exitCode = 1;
  } else {
    writeFileSync(FILE, await podSchema(sources));
  }
}
