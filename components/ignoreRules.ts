import { existsSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import dockerIgnore from "@balena/dockerignore";
import ignore from "ignore";

/** Files with rules; they never come into the image, so that another rule alone changes nothing. */
const GIT = ".gitignore";
const DOCKER = ".dockerignore";

/** Names that are never of an app: caches, histories and environments. */
const NEVER =
  /^(__pycache__|\.git|\.gitignore|\.dockerignore|\.hg|\.svn|node_modules|\.venv|\.tox|\.nox|\.direnv|\.flwr|\.mypy_cache|\.ruff_cache|\.pytest_cache|\.ipynb_checkpoints|\.DS_Store|.*\.pyc|.*\.egg-info)$/;

/** Decides about files of a folder by name; for folders whose every other file is wanted. */
export const NAMES_ONLY: FileRules = { leavesOut: (path) => NEVER.test(posix.basename(path)) };

/** Decides which files of a folder are copied. */
export interface FileRules {
  /**
   * Whether a path stays out.
   * @param path from the folder, with slashes
   * @param isFolder whether it is a folder or leads to one; nothing of one that stays out is copied
   */
  leavesOut(path: string, isFolder: boolean): boolean;
}

/**
 * The ignore files of an app's folder: its `.dockerignore`, and each `.gitignore` from the top of the
 * git repository down to the file. A path stays out when one of them ignores it. What a rule with `!`
 * of the `.dockerignore` takes back comes along, whatever `.gitignore` says.
 * @see https://git-scm.com/docs/gitignore
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export class IgnoreRules implements FileRules {
  readonly #docker: Filter | undefined;
  /** Ignores everything but what a rule with `!` takes back. */
  readonly #takenBack: Filter | undefined;
  /** Rules of all folders so far; each pattern begins with its folder. */
  readonly #git = ignore({ ignorecase: false });
  /** The repository's top folder, or the app's outside of a repository. */
  readonly #top: string;
  readonly #read = new Set<string>();

  /** @param root the real path of the app's folder */
  constructor(private readonly root: string) {
    const patterns = read(join(root, DOCKER));
    if (patterns !== undefined) {
      refuseMalformed(join(root, DOCKER), patterns);
      this.#docker = dockerFilter().add(patterns);
      if (/^\s*!/m.test(patterns)) this.#takenBack = dockerFilter().add(`**\n${patterns}`);
    }
    this.#top = repositoryOf(root) ?? root;
    this.#readDownTo(root);
  }

  leavesOut(path: string, isFolder: boolean): boolean {
    if (NEVER.test(posix.basename(path))) return true;
    if (isFolder && existsSync(join(this.root, path, "pyvenv.cfg"))) return true;
    // A file in an ignored folder may be taken back: such folders are walked through.
    if (isFolder && this.#takenBack !== undefined) return false;
    if (this.#docker?.ignores(path) === true) return true;
    return this.#gitIgnores(path, isFolder) && this.#takenBack?.ignores(path) !== false;
  }

  #gitIgnores(path: string, isFolder: boolean): boolean {
    const file = join(this.root, path);
    this.#readDownTo(dirname(file));
    return this.#git.ignores(`${this.#fromTop(file)}${isFolder ? "/" : ""}`);
  }

  /** Reads the `.gitignore` of a folder and of those above it; rules that come later win. */
  #readDownTo(folder: string): void {
    if (this.#read.has(folder)) return;
    this.#read.add(folder);
    if (folder !== this.#top) this.#readDownTo(dirname(folder));
    const lines = (read(join(folder, GIT)) ?? "").split(/\r?\n/);
    const above = this.#fromTop(folder).replaceAll(/[\\*?[\]!# ]/g, "\\$&");
    this.#git.add(lines.map((line) => patternBelow(above, line)));
  }

  #fromTop(path: string): string {
    return relative(this.#top, path).split(sep).join("/");
  }
}

/** Turns a line of the `.gitignore` in folder `above` into the same pattern for the top folder. */
function patternBelow(above: string, line: string): string {
  if (above === "" || line.trim() === "" || line.startsWith("#")) return line;
  const isNegative = line.startsWith("!");
  const pattern = isNegative ? line.slice(1) : line;
  // With a slash before its end a pattern is about its own folder alone.
  const isAnchored = /\/./.test(pattern);
  const below = isAnchored ? pattern.replace(/^\//, "") : `**/${pattern}`;
  return `${isNegative ? "!" : ""}/${above}/${below}`;
}

type Filter = ReturnType<typeof dockerIgnore>;

function dockerFilter(): Filter {
  return dockerIgnore({ ignorecase: false });
}

/** @throws Error naming a line that is no pattern */
function refuseMalformed(file: string, patterns: string): void {
  for (const line of patterns.split(/\r?\n/)) {
    try {
      dockerFilter().add(line).ignores("any");
    } catch (error) {
      throw new Error(
        `${file} has the line ${line}, which is no pattern — a \`[\` needs its \`]\`, and a \`\\\` something after it — correct it, or remove it`,
        { cause: error },
      );
    }
  }
}

/** The folder around, or the same, that has `.git`; undefined outside of a repository. */
function repositoryOf(folder: string): string | undefined {
  if (existsSync(join(folder, ".git"))) return folder;
  return folder === dirname(folder) ? undefined : repositoryOf(dirname(folder));
}

/** A text file's content; undefined when there is none. */
function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
