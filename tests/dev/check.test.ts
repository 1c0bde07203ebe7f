import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "vitest";

const TSX = fileURLToPath(import.meta.resolve("tsx"));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "check-"));
  const scripts = { good: "echo fine", bad: "echo no semicolon >&2; exit 3" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ scripts }));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the checks of these names in a project with the two scripts. */
function check(...names: string[]) {
  const program = ["--import", TSX, resolve("dev/check.ts"), ...names];
  return spawnSync(process.execPath, program, { cwd: folder, encoding: "utf8" });
}

test("each line bears the name of its check, and the seconds of each are the last lines", () => {
  const { status, stdout } = check("good");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^good \| fine\n +\d+\.\d s {2}passed {2}good\n$/);
});

test("a check that fails fails the whole, after all others have run", () => {
  const { status, stdout } = check("bad", "good");
  expect(status).toBe(1);
  expect(stdout).toContain("bad  | no semicolon\n");
  expect(stdout).toContain("good | fine\n");
  expect(stdout).toMatch(/FAILED {2}bad\n/);
  expect(stdout).toMatch(/passed {2}good\n/);
});
