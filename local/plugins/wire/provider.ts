import type { Change, Properties } from "./properties.ts";

/** One operation on a resource, as the engine asks for it. */
export interface Operation {
  /** URN of the resource. */
  readonly urn: string;
  /** Preview: change nothing; return the expected state, `unknown` where only an update can tell. */
  readonly preview: boolean;
  /** Fires when the operation is cancelled or exceeds the resource's `customTimeouts`. */
  readonly signal: AbortSignal;
}

/** A refused input, with the reason. */
export interface Failure {
  /** Path of the input, as `build.dockerfile`. */
  readonly property: string;
  readonly reason: string;
}

/** How new inputs differ from old ones. */
export interface Difference {
  /** Kind of change by path of the input. */
  readonly changes: ReadonlyMap<string, Change>;
  /** Whether a change at this path replaces the resource. */
  readonly replace: (path: string) => boolean;
}

/** One type of resource. Secrets in properties are marked; an error fails the operation with its message. */
export interface Resource {
  /** Checks new inputs and fills in defaults. */
  check(
    olds: Properties,
    news: Properties,
    urn: string,
  ): Promise<{ inputs: Properties; failures: Failure[] }>;
  /** Compares new inputs with old ones, which are empty when the state has none. */
  diff(state: Properties, olds: Properties, news: Properties): Promise<Difference>;
  /** Creates the resource. */
  create(inputs: Properties, operation: Operation): Promise<{ id: string; state: Properties }>;
  /** Changes the resource in place. */
  update(
    id: string,
    state: Properties,
    inputs: Properties,
    operation: Operation,
  ): Promise<Properties>;
  /** Removes the resource. */
  delete(id: string, state: Properties, operation: Operation): Promise<void>;
}

/** A provider of a few types of resources. */
export interface Provider {
  /** Name of the plugin, as `docker`. */
  readonly name: string;
  /** Version of the official plugin that it stands in for. */
  readonly version: string;
  /** Types of resources by type token. */
  readonly resources: ReadonlyMap<string, Resource>;
  /** Takes the provider's config; an error fails the operation that needs the provider. */
  configure(config: Properties): Promise<void>;
}
