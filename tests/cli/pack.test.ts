import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

const PROJECT = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
let folder: string;
let files: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pack-"));
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { encoding: "utf8" });
  run(process.execPath, "cli/pack.mjs");
  const args = ["pack", "./.build/package", "--json", "--pack-destination", folder];
  const [packed] = JSON.parse(run("npm", ...args)) as [
    { filename: string; files: { path: string }[] },
  ];
  files = packed.files.map(({ path }) => path).sort();
  run("npm", "install", "--global", "--offline", "--prefix", folder, join(folder, packed.filename));
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the installed program with a kubeconfig that has no context; no other package is beside it. */
function kubeflower(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const env = { ...process.env, KUBECONFIG: "/nonexistent" };
  return new Promise((done) => {
    execFile(join(folder, "bin/kubeflower"), args, { cwd: folder, env }, (fault, out, error) => {
      done({ code: fault === null ? 0 : Number(fault.code), out, error });
    });
  });
}

test("the package has the program, its schemas and licences, and nothing of developers", () => {
  const others = files.filter((path) => !/^(program\/.*\.mjs|cli\/schemas\/.*\.json)$/.test(path));
  expect(others).toEqual([
    "LICENSE",
    "LICENSES.txt",
    "README.md",
    "contract/imagePackages.json",
    "kubeflower.mjs",
    "package.json",
  ]);
  expect(files).toContain("program/program.mjs");
  expect(files).toContain("cli/schemas/status.json");
});

test("the package brings no other package along", () => {
  const text = readFileSync(join(folder, "lib/node_modules/kubeflower/package.json"), "utf8");
  const { bin, dependencies, engines, version } = JSON.parse(text) as Record<string, unknown>;
  expect({ bin, dependencies, engines, version }).toEqual({
    bin: { kubeflower: "kubeflower.mjs" },
    dependencies: undefined,
    engines: { node: ">=20" },
    version: PROJECT.version,
  });
});

test("an installed package needs nothing beside it", async () => {
  const place = ["--context", "nowhere", "--namespace", "none"];
  const [help, status, follow, verify] = await Promise.all([
    kubeflower("--help"),
    kubeflower("status", ...place),
    kubeflower("follow", "--run", "ab12", ...place),
    kubeflower("verify", folder),
  ]);
  expect(help).toMatchObject({ code: 0, error: "" });
  expect(help.out).toContain("  status [options] ");
  const error =
    "context nowhere is not in the kubeconfig — there are: none, as no file is at /nonexistent — export KUBECONFIG=<file>, or pulumi config set context <name>\n";
  expect(status).toEqual({ code: 2, out: "", error });
  expect(follow).toEqual({ code: 2, out: "", error });
  expect(verify.code).toBe(64);
});
