import {
  copyFileSync,
  type Dirent,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, join, sep } from "node:path";
import type { FileRules } from "./ignoreRules.ts";

/** Copies a file or folder of sources for an image. */
export class SourceCopy {
  /** The real path of `from`; links must stay inside it. */
  readonly #root: string;

  /**
   * @param from a file or folder, or a link to one
   * @param rules what is not copied, nor looked at
   * @param leftOut real paths of folders in `from` that are not copied either
   */
  constructor(
    private readonly from: string,
    private readonly rules: FileRules,
    private readonly leftOut: readonly string[],
  ) {
    this.#root = realpathSync(from);
  }

  /**
   * Copies to `to`, which must not exist. The copy has files and folders only: links are followed,
   * and their targets are copied in their place.
   * @throws Error naming the first thing that cannot be copied
   */
  to(to: string): void {
    this.#copy(this.from, "", to, []);
  }

  /**
   * @param path of the source
   * @param inside the same from the folder that is copied, with slashes
   * @param above real paths of the folders around `path`, to notice a loop
   */
  #copy(path: string, inside: string, to: string, above: readonly string[]): void {
    const { real, status } = this.#look(path);
    if (real !== this.#root && this.leftOut.includes(real)) return;
    if (status.isFile()) {
      attempt(path, () => {
        copyFileSync(real, to);
      });
      return;
    }
    if (!status.isDirectory()) {
      throw new Error(
        `${path} is ${kindOf(status)} — only files, folders and links can come into the image — take it away`,
      );
    }
    if (above.includes(real)) {
      throw new Error(
        `${path} is a link to a folder that it lies in — a link must not lead into a loop — take it away`,
      );
    }
    const entries = attempt(path, () => readdirSync(real, { withFileTypes: true }));
    mkdirSync(to, { recursive: true });
    for (const entry of entries) {
      const child = join(path, entry.name);
      const name = inside === "" ? entry.name : `${inside}/${entry.name}`;
      if (!this.#leavesOut(name, child, entry)) {
        this.#copy(child, name, join(to, entry.name), [...above, real]);
      }
    }
  }

  /** Whether the rules leave out a path, for a link as itself or as the folder that it leads to. */
  #leavesOut(name: string, path: string, entry: Dirent): boolean {
    if (!entry.isSymbolicLink()) return this.rules.leavesOut(name, entry.isDirectory());
    if (this.rules.leavesOut(name, false)) return true;
    return this.rules.leavesOut(name, mayBeFolder(path));
  }

  /** Follows all links of `path`. */
  #look(path: string): { real: string; status: Stats } {
    const real = attempt(
      path,
      () => realpathSync(path),
      () => linkFault(path),
    );
    if (real !== this.#root && !real.startsWith(this.#root + sep)) {
      throw new Error(
        `${path} is a link to ${real}, outside of ${this.from} — links must stay inside — put a copy in its place, or take it away`,
      );
    }
    return { real, status: attempt(path, () => statSync(real)) };
  }
}

/** Whether a link leads to a folder, or nowhere. */
function mayBeFolder(link: string): boolean {
  try {
    return statSync(link).isDirectory();
  } catch {
    return true;
  }
}

/** The sentence for a link that leads nowhere; undefined when `path` is no link. */
function linkFault(path: string): string | undefined {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined;
  return `is a link to ${readlinkSync(path)}, which leads nowhere — a link must lead to a file or folder — correct it, or remove it`;
}

/** Does `work`, and turns its failure into one sentence about `path`. */
function attempt<Result>(
  path: string,
  work: () => Result,
  fault?: () => string | undefined,
): Result {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isLost = code === "ENOENT" || code === "ELOOP";
    const known = isLost ? fault?.() : NO_ROOM[code ?? ""];
    const reason = isLost && path.includes("\uFFFD") ? NO_TEXT : known;
    throw new Error(
      reason === undefined
        ? `${path} cannot be read (${code ?? message}) — all of ${dirname(path)} comes into the image — make it readable with \`chmod\`, or take it away`
        : `${path} ${reason}`,
      { cause: error },
    );
  }
}

/** Ends of sentences about a name that is no UTF-8, which Node.js gives with U+FFFD. */
const NO_TEXT = "has a name that is not UTF-8 — names of an app's files must be — rename it";

const ROOM =
  "— make room on the disk of .build, or keep large files out of the image by a .dockerignore";

/** Ends of sentences for failures to write the copy, by error code. */
const NO_ROOM: Readonly<Record<string, string>> = {
  ENOSPC: `cannot be copied: the disk is full ${ROOM}`,
  EDQUOT: `cannot be copied: the disk quota is used up ${ROOM}`,
};

function kindOf(status: Stats): string {
  if (status.isFIFO()) return "a FIFO";
  return status.isSocket() ? "a socket" : "a device";
}
