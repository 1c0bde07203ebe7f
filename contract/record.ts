/** Where a stack had a run from: what its record needs beside the run's own settings. */
export interface Origin {
  /** Folder of the Flower app, relative to the project. */
  readonly app: string;
  /** Setting `base`; without it the image is built on Debian. */
  readonly base?: string | undefined;
  /** Setting `runToken`. */
  readonly runToken: string;
  /** Hash of the image's sources, or the image itself when it was given. */
  readonly sources: string;
  /** Threads of arithmetic in a pod: another number may train another model. Older records have none. */
  readonly threads?: { readonly server: number; readonly client: number };
  /** Setting `gpus`; undefined: none. */
  readonly gpus?: number | undefined;
  /** Names of the setting `buildArgs`: no value is kept, as it may hold a password. */
  readonly buildArgs?: readonly string[] | undefined;
}

/** Settings of a run, as `GET :8081/runs` and the record have them; see settings/table.ts. */
export type Spec = Readonly<Record<string, unknown>>;

/** Record of a run: `run.json` in its folder. See examples/record.json. */
export interface RunRecord {
  /** Version of this form. */
  readonly schema_version: number;
  /** Id of the run. */
  readonly run: string;
  /** Time of its start, RFC 3339. */
  readonly started: string;
  /** Settings of the run. */
  readonly spec: Spec;
  /** Flower's run config, with the app's own values. */
  readonly runConfig: Readonly<Record<string, unknown>>;
  /** Where the stack had the run from; null when no stack has said. */
  readonly origin: Origin | null;
  /** Image of all pods; null outside a cluster. */
  readonly image: string | null;
  /** Versions by package, and Python's. */
  readonly versions: Readonly<Record<string, string>>;
  /** Kind of machine, like `x86_64`. */
  readonly machine: string;
}
