import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "start-"));
  const sources = ["cli", "components", "contract", "docker", "kube", "policy", "settings"];
  for (const folder of [...sources, "node_modules"]) {
    mkdirSync(join(project, folder));
  }
  for (const file of ["start", "bundled", "bundle", "stack"].map((name) => `cli/${name}.mjs`)) {
    cpSync(file, join(project, file));
  }
  write("package-lock.json", "{}");
  write("package.json", '{ "type": "module" }');
  for (const name of ["esbuild", "tsx"]) {
    symlinkSync(join(process.cwd(), "node_modules", name), join(project, "node_modules", name));
  }
  write("settings/word.ts", 'export const word: string = "first";');
  write(
    "cli/say.ts",
    `import { word } from "../settings/word.ts";
     console.log(word, process.argv.slice(2).join(), process.argv[1], import.meta.url);`,
  );
});

afterEach(() => {
  rmSync(project, { recursive: true });
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), text);
}

function start(...args: string[]): { stdout: string; stderr: string; status: number | null } {
  return spawnSync("node", ["cli/start.mjs", "cli/say.ts", ...args], {
    cwd: project,
    encoding: "utf8",
  });
}

function bundles(): string[] {
  return readdirSync(join(project, "node_modules/.cache/kubeflower")).sort();
}

const said = (word: string): string =>
  `${word} a,b ${project}/cli/say.ts file://${project}/cli/say.ts\n`;

it("starts a program with its arguments, as if it were run from its source", () => {
  expect(start("a", "b")).toMatchObject({ status: 0, stderr: "", stdout: said("first") });
});

it("bundles a program once, and again when a source has changed", () => {
  start();
  const [first] = bundles();
  expect(first).toMatch(/^say-[0-9a-f]{16}$/);
  start();
  expect(bundles()).toEqual([first]);
  write("settings/word.ts", 'export const word = "second";');
  expect(start("a", "b").stdout).toBe(said("second"));
  expect(bundles()).toHaveLength(2);
});

it("makes a bundle whole that a killed start has left without its file", () => {
  start();
  const [first = ""] = bundles();
  rmSync(join(project, "node_modules/.cache/kubeflower", first, "program.mjs"));
  expect(start("a", "b").stdout).toBe(said("first"));
  expect(bundles()).toEqual([first]);
});

it("removes what is older than a week when it makes a bundle", () => {
  const old = join(project, "node_modules/.cache/kubeflower/new-abc");
  mkdirSync(old, { recursive: true });
  utimesSync(old, 1, Date.now() / 1000 - 8 * 24 * 3600);
  start();
  expect(existsSync(old)).toBe(false);
  expect(bundles()).toHaveLength(1);
});

it("runs a program by tsx where no bundle can be kept", () => {
  write("node_modules/.cache", "no folder");
  expect(start("a", "b")).toMatchObject({ status: 0, stderr: "", stdout: said("first") });
});

it("gives Pulumi what index.ts exports, which has the very SDK of Pulumi's runner", () => {
  write("node_modules/@pulumi/sdk/package.json", '{ "type": "module", "main": "index.js" }');
  write("node_modules/@pulumi/sdk/index.js", "export const sdk = {};");
  write(
    "index.ts",
    `import { sdk } from "@pulumi/sdk";
     import { word } from "./settings/word.ts";
     const number: number = 5;
     export { number, sdk, word };`,
  );
  const runner = `import stack from "./cli/stack.mjs";
    import { sdk } from "@pulumi/sdk";
    console.log(Object.keys(stack).join(), stack.number, stack.word, stack.sdk === sdk);`;
  const run = (): string =>
    spawnSync("node", ["--input-type=module", "-e", runner], { cwd: project, encoding: "utf8" })
      .stdout;
  expect(run()).toBe("number,sdk,word 5 first true\n");
  write("index.ts", readFileSync(join(project, "index.ts"), "utf8").replace("5", "6"));
  expect(run()).toBe("number,sdk,word 6 first true\n");
});

it("names the place of a fault in the sources", () => {
  write("cli/say.ts", "const word = ;");
  expect(start()).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`${project}/cli/say.ts:1:13`) as string,
  });
});

it("hashes every folder that a program may import from", () => {
  const table = JSON.parse(readFileSync("dev/imports/folders.json", "utf8")) as {
    folder: string;
    imports: string[];
  }[];
  const [, list = ""] = /FOLDERS = \[(.*)\]/.exec(readFileSync("cli/bundled.mjs", "utf8")) ?? [];
  const hashed = list.split(", ").map((name) => name.slice(1, -1));
  const programs = table.filter(({ folder }) => /^(cli|components)\b/.test(folder));
  const folders = programs.flatMap(({ folder, imports }) => [folder, ...imports]);
  expect(new Set(hashed)).toEqual(new Set(folders.map((folder) => folder.split("/")[0])));
});
