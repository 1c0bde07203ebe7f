import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stageContext } from "../../components/stagedContext.ts";

/** Folders to generate. `KUBEFLOWER_FUZZ=10000 npx vitest run …` tries more of them. */
const RUNS = Number(process.env["KUBEFLOWER_FUZZ"] ?? 200);
const project = process.cwd();
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "fuzz-"));
  // A project as small as can be: its own parts are staged again for each folder.
  for (const folder of ["dependencies", "kubeflower"]) {
    mkdirSync(join(root, "project/app", folder), { recursive: true });
  }
  for (const file of ["Dockerfile", "access.sh", "pyproject.toml"]) {
    writeFileSync(join(root, "project/app", file), "");
  }
  for (const lock of ["requirements", "requirements-numpy", "requirements-test"]) {
    writeFileSync(join(root, `project/app/${lock}.lock`), "");
  }
  mkdirSync(join(root, "outside/folder"), { recursive: true });
  writeFileSync(join(root, "outside/file.sh"), "x");
  chmodSync(join(root, "outside/file.sh"), 0o750);
  writeFileSync(join(root, "outside/folder/secret"), "x", { mode: 0o600 });
  process.chdir(join(root, "project"));
});

afterAll(() => {
  process.chdir(project);
  rmSync(root, { recursive: true });
});

/** Something in an app's folder. */
type Thing =
  | { readonly kind: "file"; readonly content: Buffer; readonly mode: number }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "folder" | "fifo" | "repository" | "environment" };

const NAMES = [
  "a.py", "b", "data", "x.pt", ".env", ".git", ".venv", "node_modules", "__pycache__", "name with blanks",
  "é", "e\u0301", "-rf", "$(touch hacked)", "line\nbreak", "'quote\"", "*", "[a]", "\\", "#c", "!d", ".hidden",
  "Dockerfile", ".dockerignore.bak", "con", "x".repeat(200),
]; // prettier-ignore
const PATTERNS = [
  "*",
  "!b",
  "b",
  "data/",
  "*.pt",
  "!*.pt",
  "/a.py",
  "**/x.pt",
  "!data/**",
  "#",
  "\\",
  "[",
  "",
];

const thing: fc.Arbitrary<Thing> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("file" as const),
      content: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      mode: fc.constantFrom(0o644, 0o600, 0o755, 0o4755),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("link" as const),
      target: fc.constantFrom(
        ".", "..", "b", "a.py", "data", "../data", "data/../b", "/", "gone", "", "../../outside/file.sh",
        "../outside/folder", "/dev/null", "x.pt", "/proc/self/mem",
      ), // prettier-ignore
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("folder" as const, "repository" as const, "environment" as const),
    }),
  },
);
const special = fc.constant<Thing>({ kind: "fifo" });
const path = fc
  .array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 })
  .map((names) => names.join("/"));
const rare = fc.oneof({ weight: 60, arbitrary: thing }, { weight: 1, arbitrary: special });
const things = fc.array(fc.tuple(path, rare), { maxLength: 8 });
const ignoreFiles = fc.dictionary(
  fc.constantFrom(".gitignore", ".dockerignore", "data/.gitignore"),
  fc.array(fc.constantFrom(...PATTERNS), { maxLength: 4 }).map((lines) => lines.join("\n")),
  { maxKeys: 2 },
);

function make(folder: string, entries: readonly (readonly [string, Thing])[]): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, thing] of entries) makeOne(folder, join(folder, path), thing);
}

/** Makes a thing where nothing of an earlier one is in its way. */
function makeOne(folder: string, at: string, thing: Thing): void {
  try {
    // Through a link this would write outside.
    for (let above = dirname(at); above !== folder; above = dirname(above)) {
      if (lstatSync(above, { throwIfNoEntry: false })?.isSymbolicLink() === true) return;
    }
    mkdirSync(dirname(at), { recursive: true });
    if (lstatSync(at, { throwIfNoEntry: false }) !== undefined) return;
    if (thing.kind === "file") writeFileSync(at, thing.content, { mode: thing.mode, flag: "wx" });
    else if (thing.kind === "link") symlinkSync(thing.target, at);
    else if (thing.kind === "fifo") execFileSync("mkfifo", [at]);
    else mkdirSync(at);
    if (thing.kind === "repository") writeFileSync(join(at, ".git"), "gitdir: /elsewhere");
    if (thing.kind === "environment") writeFileSync(join(at, "pyvenv.cfg"), "");
  } catch {
    // A file or link stands where this one needs a folder, or a name is too long.
  }
}

/** Digest of all names, modes, times and contents below a folder, which must be left alone. */
function digest(folder: string): string {
  const hash = createHash("sha256");
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  for (const path of paths.sort()) {
    const status = lstatSync(join(folder, path));
    hash.update(`${path}\0${String(status.mode)}\0${String(status.mtimeMs)}\0`);
    if (status.isFile()) hash.update(readFileSync(join(folder, path)));
    if (status.isSymbolicLink()) hash.update(readlinkSync(join(folder, path)));
  }
  return hash.digest("hex");
}

/** The hash, or the sentence without the folder's name. */
function staged(folder: string): string {
  try {
    return stageContext(folder);
  } catch (error) {
    const { message } = error as Error;
    // Wrong, allowed, remedy.
    expect(message.split(" — ").length, message).toBeGreaterThanOrEqual(3);
    return "refused";
  }
}

it("stages any folder or says why not, the same for the same content, and changes nothing else", () => {
  const [one, other] = [join(root, "one"), join(root, "another é path")];
  const outside = digest(join(root, "outside"));
  const property = fc.property(things, ignoreFiles, (entries, ignored) => {
    for (const folder of [one, other]) rmSync(folder, { recursive: true, force: true });
    const files = Object.entries(ignored).map(([path, text]): [string, Thing] => [
      path,
      { kind: "file", content: Buffer.from(text), mode: 0o644 },
    ]);
    make(one, [...files, ...entries]);
    const before = digest(one);
    const result = staged(one);
    expect(digest(one)).toBe(before);
    expect(digest(join(root, "outside"))).toBe(outside);
    expect(readdirSync(join(root, "project")).sort()).toEqual([".build", "app"]);
    expect(readdirSync(".build").length).toBeLessThanOrEqual(1);
    execFileSync("cp", ["-a", one, other]);
    rmSync(".build", { recursive: true, force: true });
    expect(staged(other)).toBe(result);
    rmSync(".build", { recursive: true, force: true });
    mkdirSync(".build");
  });
  mkdirSync(".build");
  fc.assert(property, { numRuns: RUNS, seed: 13 });
}, 3_600_000);
