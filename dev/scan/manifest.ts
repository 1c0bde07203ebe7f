/** A Kubernetes object in the form that the API server takes. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** Name of an object on the page and in ignores: kind and name. */
export function title({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

/** The fields of `pulumi preview --json` that are read here. */
interface Preview {
  readonly steps: readonly {
    readonly urn: string;
    readonly newState?: { readonly type: string; readonly inputs?: Record<string, unknown> };
  }[];
}

/** Placeholder that a preview prints for any secret. */
const HIDDEN = "[secret]";

/** Reads the Kubernetes objects that an update would create from the output of `pulumi preview --json`; sorted by title. */
export function previewed(json: string): Manifest[] {
  const { steps } = JSON.parse(json) as Preview;
  const objects = steps.flatMap(({ urn, newState }) =>
    newState?.type.startsWith("kubernetes:") === true ? [manifest(urn, newState.inputs ?? {})] : [],
  );
  return objects.sort((a, b) => title(a).localeCompare(title(b), "en"));
}

function manifest(urn: string, inputs: Record<string, unknown>): Manifest {
  const shown = Object.entries(inputs).filter(([, value]) => value !== HIDDEN);
  const { metadata, ...rest } = Object.fromEntries(shown) as unknown as Manifest;
  const annotations = (metadata.annotations ?? {}) as Record<string, string>;
  // Pulumi draws the end of such a name at random, in each preview.
  const drawn = annotations["pulumi.com/autonamed"] === "true";
  const name = drawn ? (urn.split("::").at(-1) ?? "") : metadata.name;
  return { ...rest, metadata: { ...metadata, name } };
}
