/** Values that Kubernetes allows in a field, by type and field: Kubernetes' OpenAPI document does not have them. */
export type Choices = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/**
 * Reads the fields of few values from Go's source of an API: the types that it marks as an
 * enumeration, and the structures that have a field of such a type.
 * @param source text of `k8s.io/api/core/v1/types.go`
 */
export function podChoices(source: string): Choices {
  const names = [...source.matchAll(/^\/\/ \+enum\n(?:\/\/.*\n)*type (\w+) string$/gm)].map(
    ([, name = ""]) => name,
  );
  const values = (name: string): string[] =>
    [...source.matchAll(new RegExp(`^\\s*\\w+\\s+${name}\\s+= "([^"]*)"`, "gm"))].map(
      ([, value = ""]) => value,
    );
  const enums = new Map(names.map((name) => [name, values(name)]));
  const structures = source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm);
  return Object.fromEntries(
    [...structures].map(([, name = "", body = ""]) => [name, fieldsOf(body, enums)]),
  );
}

function fieldsOf(
  body: string,
  enums: ReadonlyMap<string, readonly string[]>,
): Record<string, readonly string[]> {
  const fields = body.matchAll(/^\s*\w+\s+\*?(\w+)\s+`json:"(\w+)/gm);
  return Object.fromEntries(
    [...fields].flatMap(([, type = "", name = ""]) => {
      const values = enums.get(type);
      return values === undefined ? [] : [[name, values]];
    }),
  );
}
