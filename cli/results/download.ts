import { mkdir, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";

import { Hopeless } from "../../kube/errors.ts";
import { Fault } from "../fault.ts";
import { fileDigest, openDigest, textDigest } from "./fileDigest.ts";
import { Gone, type FileSource, type ListedFile } from "./fileSource.ts";
import type { Progress } from "./progress.ts";

/** Folder below the results with files that are not whole yet, named by digest and path. */
export const PARTIAL = ".partial";
/** Bytes of one request: they may have to wait in memory for a slow disk. */
const PIECE = 32 << 20;
/** Requests in a row that bring nothing, after which a download is given up. */
const ATTEMPTS = 6;

/** Download of a run's files into a folder. Whatever ends it, the next one goes on from there. */
export class Download {
  constructor(
    readonly source: FileSource,
    readonly run: string,
    readonly folder: string,
    readonly progress: Progress,
    /** Waits for milliseconds; a test does not. */
    readonly sleep = (ms: number): Promise<void> =>
      new Promise((resolve) => setTimeout(resolve, ms)),
  ) {}

  /**
   * Brings a file here, unless it is here.
   * @returns whether anything had to come
   * @throws Gone when the source has another file of that name by now
   */
  async bring(file: ListedFile): Promise<boolean> {
    const target = join(this.folder, ...file.path.split("/"));
    if (await isWhole(target, file)) {
      this.progress.found(file.bytes);
      return false;
    }
    // Files of the same content, as empty ones, come at the same time.
    const name = `${file.sha256.slice(0, 32)}-${textDigest(file.path).slice(0, 16)}`;
    const partial = join(this.folder, PARTIAL, name);
    const before = await sizeOf(partial);
    // The part that was here may be damaged, e.g. by a loss of power: then once more from the start.
    if (
      !(await this.#fill(partial, file)) &&
      (before === 0 || !(await this.#fill(partial, file)))
    ) {
      throw new Gone(file.path);
    }
    await mkdir(dirname(target), { recursive: true });
    await rename(partial, target);
    return true;
  }

  /** Fills a partial file up; returns whether its digest is right, else removes it. */
  async #fill(partial: string, file: ListedFile): Promise<boolean> {
    let have = Math.min(await sizeOf(partial), file.bytes);
    const digest = await openDigest(partial, have);
    const handle = await open(partial, have === 0 ? "w" : "r+");
    try {
      await handle.truncate(have);
      this.progress.found(have);
      for (let failures = 0; have < file.bytes;) {
        const end = Math.min(have + PIECE, file.bytes);
        const begun = have;
        try {
          for await (const chunk of this.source.read(this.run, file.path, have, end)) {
            await this.#store(handle, chunk, have);
            digest.update(chunk);
            have += chunk.length;
            this.progress.came(chunk.length);
          }
          failures = 0;
        } catch (fault) {
          failures = have > begun ? 0 : failures + 1;
          await this.#survive(fault, failures, file);
        }
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (digest.digest("hex") === file.sha256) return true;
    await rm(partial);
    this.progress.came(-file.bytes);
    return false;
  }

  /** Writes bytes to their place. No other attempt helps where that fails. */
  async #store(handle: FileHandle, chunk: Buffer, at: number): Promise<void> {
    try {
      await handle.write(chunk, 0, chunk.length, at);
    } catch (fault) {
      const full = (fault as NodeJS.ErrnoException).code === "ENOSPC";
      throw new Fault(
        "failed",
        full
          ? `no space is left in ${this.folder}`
          : `${this.folder} cannot be written (${(fault as Error).message})`,
        full ? "free some, then the same command goes on" : "take another folder: --out <folder>",
      );
    }
  }

  /** Waits after a broken connection; other faults, and too many in a row, are thrown. */
  async #survive(fault: unknown, failures: number, file: ListedFile): Promise<void> {
    if ([Gone, Hopeless, Fault].some((kind) => fault instanceof kind)) throw fault;
    if (failures >= ATTEMPTS) {
      throw new Fault(
        "unreached",
        `${file.path} does not come (${(fault as Error).message})`,
        "see `kubeflower status`; the same command goes on where it stopped",
      );
    }
    if (failures > 0) await this.sleep(250 * 2 ** failures);
  }
}

/** Tells whether a file is here with the right digest. */
async function isWhole(target: string, { bytes, sha256 }: ListedFile): Promise<boolean> {
  return (await sizeOf(target, -1)) === bytes && (await fileDigest(target)) === sha256;
}

async function sizeOf(file: string, missing = 0): Promise<number> {
  try {
    const found = await stat(file);
    return found.isFile() ? found.size : missing;
  } catch {
    return missing;
  }
}
