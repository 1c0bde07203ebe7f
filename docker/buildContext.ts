import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join, posix, relative, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import * as ignoreModule from "@balena/dockerignore";
import { pack } from "tar-stream";

import { commonJs } from "./commonJs.ts";

const dockerignore = commonJs(ignoreModule) as unknown as typeof ignoreModule.default;

/** A file, link or folder of a build context. */
interface Entry {
  /** Relative to the context, with `/`. */
  readonly path: string;
  readonly type: "file" | "symlink" | "directory";
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  readonly mtime: Date;
}

/** Files that a build may see: a folder without what its .dockerignore excludes, and the Dockerfile. */
export class BuildContext {
  readonly #folder: string;
  readonly #dockerfile: string;

  /**
   * @param folder the context
   * @param dockerfile the Dockerfile, relative to the working folder as the folder is
   */
  constructor(folder: string, dockerfile: string) {
    this.#folder = folder;
    this.#dockerfile = dockerfile;
  }

  /** Name of the Dockerfile inside {@link tar}; it differs from that on disk when the file lies outside the folder. */
  get dockerfile(): string {
    return this.#inside ?? `.dockerfile.${sha256(resolve(this.#dockerfile)).slice(0, 20)}`;
  }

  /** Path of the Dockerfile from the folder; undefined when it lies outside. */
  get #inside(): string | undefined {
    const path = relative(resolve(this.#folder), resolve(this.#dockerfile));
    return path.startsWith("..") ? undefined : path.split("\\").join("/");
  }

  /** Hash of names, permissions and contents in the context: a build can differ only when it does. */
  async digest(): Promise<string> {
    const hash = createHash("sha256");
    hash.update(`${this.#dockerfile}\0${sha256(await readFile(this.#dockerfile))}\0`);
    for (const entry of await this.#entries()) {
      if (entry.type === "directory") continue;
      const path = join(this.#folder, entry.path);
      const content = entry.type === "symlink" ? await readlink(path) : await readFile(path);
      hash.update(`${entry.path}\0${entry.type}\0${entry.mode.toString(8)}\0${sha256(content)}\0`);
    }
    return hash.digest("hex");
  }

  /** The context as a tar archive in which everything belongs to root, as the Docker CLI sends it. */
  tar(): Readable {
    const archive = pack();
    const fill = async (): Promise<void> => {
      for (const entry of await this.#entries()) await this.#add(archive, entry);
      if (this.#inside === undefined) {
        archive.entry({ name: this.dockerfile, mode: 0o644 }, await readFile(this.#dockerfile));
      }
      archive.finalize();
    };
    fill().catch((error: unknown) => {
      archive.destroy(error as Error);
    });
    return Readable.from(archive);
  }

  async #add(
    archive: ReturnType<typeof pack>,
    { path, type, mode, size, mtime }: Entry,
  ): Promise<void> {
    const header = { name: path, mode, mtime, uid: 0, gid: 0 };
    if (type === "file") {
      const entry = archive.entry({ ...header, size });
      await pipeline(
        createReadStream(join(this.#folder, path), { end: Math.max(size - 1, 0) }),
        entry,
      );
    } else {
      const linkname = type === "symlink" ? await readlink(join(this.#folder, path)) : undefined;
      archive.entry({ ...header, type, linkname });
    }
  }

  async #entries(): Promise<Entry[]> {
    const patterns = await this.#patterns();
    const filter = dockerignore({ ignorecase: false }).add(patterns);
    // Docker itself reads these two, so they are sent even when COPY must not see them.
    const needed = new Set([this.#inside, ".dockerignore"]);
    const someReturn = patterns.some((pattern) => pattern.trimStart().startsWith("!"));
    const entries: Entry[] = [];
    const walk = async (folder: string): Promise<void> => {
      const names = await readdir(join(this.#folder, folder));
      for (const name of names.sort()) {
        const path = posix.join(folder, name);
        const status = await lstat(join(this.#folder, path));
        const ignored = filter.ignores(path) && !needed.has(path);
        const type = typeOf(status);
        if (!ignored && (type !== "file" || status.isFile())) {
          const { mode, size, mtime } = status;
          entries.push({ path, type, mode: mode & 0o7777, size, mtime });
        }
        // An excluded folder may hold files that a later pattern includes, or the Dockerfile.
        if (
          type === "directory" &&
          (!ignored || someReturn || this.#inside?.startsWith(`${path}/`))
        ) {
          await walk(path);
        }
      }
    };
    await walk("");
    return entries;
  }

  async #patterns(): Promise<string[]> {
    const own = await read(`${this.#dockerfile}.dockerignore`);
    const text = own ?? (await read(join(this.#folder, ".dockerignore"))) ?? "";
    return text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  }
}

function typeOf(status: Stats): Entry["type"] {
  if (status.isDirectory()) return "directory";
  return status.isSymbolicLink() ? "symlink" : "file";
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
