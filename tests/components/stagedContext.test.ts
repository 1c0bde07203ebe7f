import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
    "dependencies.py",
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

it("names a part that is missing", () => {
  const missing = join(root, "none");
  expect(() => stageContext(missing, stage)).toThrow(
    `the image needs ${missing}, which is not there — it is part of this project — run \`git checkout -- ${missing}\``,
  );
});
