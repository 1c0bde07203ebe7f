/** A file of a run as the server lists it. */
export interface ListedFile {
  /** Path in the run's folder, with slashes. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 in hex. */
  readonly sha256: string;
}

/** Files of a run, as `GET :8081/files/<run>` lists them. */
export interface Listing {
  readonly run: string;
  readonly files: readonly ListedFile[];
  /** Files that cannot be handed out, with the reason. */
  readonly left_out: readonly { readonly path: string; readonly reason: string }[];
}

/** Source of a run's files. */
export interface FileSource {
  /**
   * Lists the files of a run; null when there is no such run.
   * @throws Error when the source does not answer
   */
  list(run: string): Promise<Listing | null>;
  /**
   * Reads the bytes of a file from `first` until before `end`; without `end` all that there are.
   * @throws Gone when there is no such file or it has become shorter
   * @throws Error when the connection breaks; the bytes until then were right
   */
  read(run: string, path: string, first: number, end?: number): AsyncIterable<Buffer>;
}

/** A file is not there any longer, or is another one by now. */
export class Gone extends Error {}
