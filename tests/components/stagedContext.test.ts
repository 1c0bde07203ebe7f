import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpSync, lstatSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { stageContext } from "../../components/stagedContext.ts";

let root: string;
let stage: string;
let app: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "staged-"));
  stage = join(root, "build", "image");
  app = join(root, "app");
  cpSync("app/vision", app, { recursive: true });
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

it("puts Dockerfile, engine and app where the Dockerfile looks for them", () => {
  expect(stageContext(app, stage)).toMatch(/^[0-9a-f]{16}$/);
  for (const path of [
    "dependencies/install.py",
    "engine/kubeflower/__init__.py",
    "engine/pyproject.toml",
    "engine/requirements.lock",
    "app/pyproject.toml",
  ]) {
    expect(existsSync(join(stage, path)), path).toBe(true);
  }
});

it("ends the Dockerfile with the stage that runs, for builders that know no target", () => {
  stageContext(app, stage);
  expect(readFileSync(join(stage, "Dockerfile"), "utf8")).toBe(
    `${readFileSync("app/Dockerfile", "utf8")}\nFROM run\n`,
  );
});

it("names another base in the Dockerfile, so that another base is another hash", () => {
  const hash = stageContext(app, stage);
  const based = stageContext(app, stage, "python:3.13-slim");
  expect(based).not.toBe(hash);
  const [, ...stages] = readFileSync("app/Dockerfile", "utf8").split("ARG KIND=debian\n");
  const [head = "", ...staged] = readFileSync(join(stage, "Dockerfile"), "utf8").split(
    "ARG KIND=own\n",
  );
  expect(head).toContain("\nARG BASE=python:3.13-slim\n");
  expect(staged).toEqual([`${stages.join("")}\nFROM run\n`]);
  expect(stageContext(app, stage)).toBe(hash);
});

it("gives the same hash and the same modes whatever the modes of the sources", () => {
  const hash = stageContext(app, stage);
  chmodSync(join(app, "pyproject.toml"), 0o600);
  chmodSync(join(app, "vision"), 0o700);
  rmSync(stage, { recursive: true });
  expect(stageContext(app, stage)).toBe(hash);
  expect(statSync(join(stage, "app/pyproject.toml")).mode & 0o777).toBe(0o644);
  expect(statSync(join(stage, "app/vision")).mode & 0o777).toBe(0o755);
});

it("leaves caches and virtual environments out", () => {
  const hash = stageContext(app, stage);
  for (const folder of ["__pycache__", ".venv", ".git", "node_modules"]) {
    mkdirSync(join(app, folder));
    writeFileSync(join(app, folder, "file.py"), "x");
  }
  writeFileSync(join(app, "left.pyc"), "x");
  expect(stageContext(app, stage)).toBe(hash);
  expect(existsSync(join(stage, "app/.venv"))).toBe(false);
});

it("gives another hash when a file, or only its name, is another", () => {
  const hash = stageContext(app, stage);
  writeFileSync(join(app, "one.py"), "x");
  const one = stageContext(app, stage);
  rmSync(join(app, "one.py"));
  writeFileSync(join(app, "two.py"), "x");
  expect(new Set([hash, one, stageContext(app, stage)]).size).toBe(3);
  expect(existsSync(join(stage, "app/one.py"))).toBe(false);
});

it("does not touch a context that is right already", () => {
  stageContext(app, stage);
  const before = statSync(join(stage, "Dockerfile")).ino;
  stageContext(app, stage);
  expect(statSync(join(stage, "Dockerfile")).ino).toBe(before);
});

it("gives an app without links the hash it always had", () => {
  const one = join(root, "one");
  mkdirSync(join(one, "empty"), { recursive: true });
  writeFileSync(join(one, "a.py"), "a");
  const hash = createHash("sha256");
  stageContext(one, stage);
  const paths = readdirSync(stage, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(stage, join(entry.parentPath, entry.name)))
    .sort((a, b) => (a < b ? -1 : 1));
  for (const path of paths) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(stage, path)))
      .update("\0");
  }
  expect(paths).toContain("app/a.py");
  expect(statSync(join(stage, "app/empty")).isDirectory()).toBe(true);
  expect(stageContext(one, stage)).toBe(hash.digest("hex").slice(0, 16));
});

it("changes nothing that a link leads to, neither from the app nor from an older stage", () => {
  const outside = join(root, "outside.sh");
  writeFileSync(outside, "x");
  chmodSync(outside, 0o755);
  stageContext(app, stage);
  symlinkSync(outside, join(stage, "app/old.sh"));
  stageContext(app, stage);
  expect(existsSync(join(stage, "app/old.sh"))).toBe(false);
  symlinkSync(outside, join(app, "new.sh"));
  expect(() => stageContext(app, stage)).toThrow("outside of");
  expect(statSync(outside).mode & 0o777).toBe(0o755);
});

it("replaces a stage that is a link, and leaves alone what it leads to", () => {
  const other = join(root, "other");
  mkdirSync(other, { mode: 0o700 });
  mkdirSync(join(root, "build"));
  symlinkSync(other, stage);
  stageContext(app, stage);
  expect(lstatSync(stage).isDirectory()).toBe(true);
  expect(readdirSync(other)).toEqual([]);
  expect(statSync(other).mode & 0o777).toBe(0o700);
});

it("leaves the stage and this project out of an app's folder that holds them", () => {
  const inside = join(app, "build", "image");
  stageContext(app, inside);
  expect(existsSync(join(inside, "app/build"))).toBe(false);
  expect(existsSync(join(inside, "app/vision/client_app.py"))).toBe(true);
  const project = join(app, "project");
  cpSync("app", join(project, "app"), { recursive: true });
  const before = process.cwd();
  process.chdir(project);
  try {
    stageContext("..", ".build/image");
    expect(readdirSync(".build/image/app")).toContain("pyproject.toml");
    expect(readdirSync(".build/image/app")).not.toContain("project");
    stageContext(".", ".build/image");
    expect(readdirSync(".build/image/app")).toEqual(["app"]);
  } finally {
    process.chdir(before);
  }
});

it("names a part that is missing", () => {
  const missing = join(root, "none");
  expect(() => stageContext(missing, stage)).toThrow(
    `the image needs ${missing}, which is not there — it is part of this project — run \`git checkout -- ${missing}\``,
  );
});
