import { createHash } from "node:crypto";

import { Gone, type FileSource, type Listing } from "../../../cli/results/fileSource.ts";

/** Files of run ab12 in memory, whose connections break as a test wants. */
export class MemorySource implements FileSource {
  /** Files by path. */
  readonly files = new Map<string, Buffer>();
  /** Bytes that were read in all. */
  bytes = 0;
  /** Called before each chunk; a test may throw. */
  before: (path: string, first: number) => void = () => undefined;

  constructor(files: Readonly<Record<string, string | Buffer>>) {
    for (const [path, data] of Object.entries(files)) this.files.set(path, Buffer.from(data));
  }

  list(run: string): Promise<Listing | null> {
    const files = [...this.files].map(([path, data]) => ({
      path,
      bytes: data.length,
      sha256: createHash("sha256").update(data).digest("hex"),
    }));
    return Promise.resolve(run === "ab12" ? { run, files, left_out: [] } : null);
  }

  async *read(_run: string, path: string, first: number, end?: number): AsyncIterable<Buffer> {
    await Promise.resolve();
    const data = this.files.get(path);
    if (data === undefined || data.length < (end ?? 0)) throw new Gone(path);
    const last = end ?? data.length;
    for (let at = first; at < last; at += 1000) {
      this.before(path, at);
      const now = this.files.get(path) ?? data;
      const chunk = now.subarray(at, Math.min(at + 1000, last));
      this.bytes += chunk.length;
      yield chunk;
    }
  }
}
