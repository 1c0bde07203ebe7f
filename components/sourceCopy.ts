import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname, join, sep } from "node:path";

const LEFT_OUT =
  /^(__pycache__|\.git|node_modules|\.venv|\.mypy_cache|\.ruff_cache|\.pytest_cache|\.DS_Store|.*\.pyc|.*\.egg-info)$/;

/** Copies a file or folder of sources for an image. */
export class SourceCopy {
  /** The real path of `from`; links must stay inside it. */
  readonly #root: string;

  /**
   * @param from a file or folder, or a link to one
   * @param leftOut real paths of folders in `from` that are not copied; caches and virtual
   *   environments are never copied
   */
  constructor(
    private readonly from: string,
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
    this.#copy(this.from, to, []);
  }

  /** @param above real paths of the folders around `path`, to notice a loop */
  #copy(path: string, to: string, above: readonly string[]): void {
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
    const names = attempt(path, () => readdirSync(real));
    mkdirSync(to, { recursive: true });
    for (const name of names) {
      if (LEFT_OUT.test(name)) continue;
      this.#copy(join(path, name), join(to, name), [...above, real]);
    }
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

/** The sentence for a link that leads nowhere; undefined when `path` is no link. */
function linkFault(path: string): string | undefined {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined;
  return `${path} is a link to ${readlinkSync(path)}, which leads nowhere — a link must lead to a file or folder — correct it, or remove it`;
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
    const reason = code === "ENOENT" || code === "ELOOP" ? fault?.() : undefined;
    throw new Error(
      reason ??
        `${path} cannot be read (${code ?? message}) — all of ${dirname(path)} comes into the image — make it readable with \`chmod\`, or take it away`,
      { cause: error },
    );
  }
}

function kindOf(status: Stats): string {
  if (status.isFIFO()) return "a FIFO";
  return status.isSocket() ? "a socket" : "a device";
}
