/** Quantities by resource, such as `512Mi`. */
export type Quantities = Readonly<Record<string, string>>;

/** A ResourceQuota. */
export interface Quota {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly scopes?: readonly string[]; readonly scopeSelector?: object };
  readonly status?: { readonly hard?: Quantities; readonly used?: Quantities };
}

/** A LimitRange. */
export interface Range {
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly limits?: readonly {
      readonly type: string;
      readonly min?: Quantities;
      readonly max?: Quantities;
      readonly default?: Quantities;
    }[];
  };
}
