import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

let folder: string;
let files: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pack-"));
  const run = (program: string, ...args: string[]): string =>
    execFileSync(program, args, { encoding: "utf8" });
  run("npm", "run", "--silent", "prepack");
  // Scripts would print into the list; `prepare` is of the checkout.
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const [packed] = JSON.parse(run("npm", ...args)) as [
    { filename: string; files: { path: string }[] },
  ];
  files = packed.files.map(({ path }) => path).sort();
  mkdirSync(join(folder, "node_modules"));
  run("tar", "-xf", join(folder, packed.filename), "-C", join(folder, "node_modules"));
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the unpacked program with a kubeconfig that has no context; no other package is beside it. */
function kubeflower(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const program = join(folder, "node_modules/package/cli/kubeflower.mjs");
  const env = { ...process.env, KUBECONFIG: "/nonexistent" };
  return new Promise((done) => {
    execFile(process.execPath, [program, ...args], { cwd: folder, env }, (fault, out, error) => {
      done({ code: fault === null ? 0 : Number(fault.code), out, error });
    });
  });
}

test("the package has the program, its schemas and licences, and nothing of developers", () => {
  const others = files.filter(
    (path) => !/^(\.build\/package\/.*\.mjs|cli\/schemas\/.*)$/.test(path),
  );
  expect(others).toEqual([
    ".build/package/LICENSES.txt",
    "LICENSE",
    "README.md",
    "cli/kubeflower.mjs",
    "cli/start.mjs",
    "contract/imagePackages.json",
    // npm packs what `main` names, which Pulumi needs.
    "index.ts",
    "package.json",
  ]);
  expect(files).toContain(".build/package/program.mjs");
  expect(files).toContain("cli/schemas/status.json");
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
    "context nowhere is not in the kubeconfig — there are: none — pulumi config set context <name>\n";
  expect(status).toEqual({ code: 2, out: "", error });
  expect(follow).toEqual({ code: 2, out: "", error });
  expect(verify.code).toBe(64);
});
