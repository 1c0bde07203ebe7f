/** A Kubernetes object as it is handed to the API server. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** What an object is called in reports and ignores. */
export function title({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

/** What of `pulumi preview --json` is read here. */
interface Preview {
  readonly steps: readonly {
    readonly urn: string;
    readonly newState?: { readonly type: string; readonly inputs?: Record<string, unknown> };
  }[];
}

/** What stands for a secret in a preview, whatever it is. */
const HIDDEN = "[secret]";

/** The Kubernetes objects that an update would create, by their titles, from what `pulumi preview --json` prints. */
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
  // The end of such a name is another one in each preview.
  const drawn = annotations["pulumi.com/autonamed"] === "true";
  const name = drawn ? (urn.split("::").at(-1) ?? "") : metadata.name;
  return { ...rest, metadata: { ...metadata, name } };
}
