import { createHash, type Hash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { IgnoreRules, NAMES_ONLY } from "./ignoreRules.ts";
import { SourceCopy } from "./sourceCopy.ts";

/** Folder where the image's build context is put together, relative to the project. */
export const STAGE = ".build/image";

/** A folder or file of the context. */
interface Part {
  /** In the project, or the app's folder. */
  readonly from: string;
  /** In the context. */
  readonly to: string;
}

/** Folders and files of the context; the app's comes last. */
function parts(app: string): Part[] {
  return [
    { from: "app/Dockerfile", to: "Dockerfile" },
    { from: "app/access.sh", to: "access.sh" },
    { from: "app/dependencies", to: "dependencies" },
    { from: "app/kubeflower", to: "engine/kubeflower" },
    { from: "app/pyproject.toml", to: "engine/pyproject.toml" },
    { from: "app/requirements.lock", to: "engine/requirements.lock" },
    { from: "app/requirements-numpy.lock", to: "engine/requirements-numpy.lock" },
    { from: "app/requirements-test.lock", to: "engine/requirements-test.lock" },
    { from: app, to: "app" },
  ];
}

/**
 * Writes the build context of the engine and the app in folder `app` to `stage`, for the image `base`
 * to build on (Debian, when there is none), and returns its content hash: 16 hex digits over sorted paths and contents. It normalises file modes, because
 * docker.Image hashes them and a umask must not rebuild the image. It leaves an equal context alone,
 * because another stack may be building from it. Nothing outside the folder of `stage` is changed.
 * @throws Error naming a part that is missing, or a file of the app that cannot be in an image
 */
export function stageContext(app: string, stage: string = STAGE, base?: string): string {
  const fresh = `${stage}.${String(process.pid)}`;
  try {
    writeContext(app, fresh);
    finishDockerfile(join(fresh, "Dockerfile"), base);
    const hash = normaliseAndHash(fresh);
    const there = lstatSync(stage, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if (!there || normaliseAndHash(stage) !== hash) {
      rmSync(stage, { recursive: true, force: true });
      renameSync(fresh, stage);
    }
    return hash;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function writeContext(app: string, stage: string): void {
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  // An app's folder may hold the stage, or this whole project.
  const leftOut = [realpathSync(dirname(stage)), realpathSync(".")];
  for (const { from, to } of parts(app)) {
    if (!existsSync(from)) {
      throw new Error(
        `the image needs ${from}, which is not there — it is part of this project — run \`git checkout -- ${from}\``,
      );
    }
    mkdirSync(join(stage, to, ".."), { recursive: true });
    const rules = from === app ? new IgnoreRules(realpathSync(app)) : NAMES_ONLY;
    new SourceCopy(from, rules, leftOut).to(join(stage, to));
  }
}

/** Names the base in the Dockerfile itself, so that another base is another content hash. */
function finishDockerfile(file: string, base: string | undefined): void {
  const text = readFileSync(file, "utf8");
  const own = text
    .replace(/^ARG BASE=.*$/m, `ARG BASE=${base ?? ""}`)
    .replace(/^ARG KIND=.*$/m, "ARG KIND=own");
  // `minikube image build` takes no target, so the last stage must be the one that runs.
  writeFileSync(file, `${base === undefined ? text : own}\nFROM run\n`);
}

/**
 * Normalises file modes, folders first (without x they cannot be read), and hashes the tree. A link,
 * which an older version may have left here, is hashed by its name alone: its mode is its target's.
 */
function normaliseAndHash(root: string): string {
  const hash = createHash("sha256");
  chmodSync(root, 0o755);
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => ({
    entry,
    path: relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"),
  }));
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { entry, path } of entries) {
    const file = join(root, path);
    const isLink = entry.isSymbolicLink();
    if (isLink) hash.update(`${path}\0link\0`);
    else chmodSync(file, entry.isDirectory() ? 0o755 : 0o644);
    if (entry.isFile()) {
      hash.update(`${path}\0`);
      hashFile(hash, file);
      hash.update("\0");
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** Adds a file to a hash piece by piece: Node.js reads none of over 2 GiB at once. */
function hashFile(hash: Hash, file: string): void {
  const descriptor = openSync(file, "r");
  try {
    for (let size = readSync(descriptor, PIECE); size > 0; size = readSync(descriptor, PIECE)) {
      hash.update(PIECE.subarray(0, size));
    }
  } finally {
    closeSync(descriptor);
  }
}

const PIECE = Buffer.alloc(1 << 20);
