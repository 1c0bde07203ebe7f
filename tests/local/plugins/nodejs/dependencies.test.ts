import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { dependencies, packageRoot } from "../../../../local/plugins/nodejs/dependencies.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dependencies-"));
  await mkdir(join(folder, "program"));
  const write = async (path: string, content: object): Promise<void> => {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), JSON.stringify(content));
  };
  await write("package.json", {
    dependencies: { "@pulumi/pulumi": "^3.0.0", absent: "~1.0.0" },
    devDependencies: { typescript: "*" },
  });
  await write("node_modules/@pulumi/pulumi/package.json", { version: "3.1.0" });
  await write("node_modules/typescript/package.json", { version: "6.0.3" });
  await write("node_modules/.package-lock.json", {
    packages: {
      "node_modules/@pulumi/pulumi": { version: "3.1.0" },
      "node_modules/@pulumi/pulumi/node_modules/semver": { version: "7.0.0" },
    },
  });
});

afterAll(() => rm(folder, { recursive: true }));

test("the packages that are named have their installed versions, or the range that is asked for", async () => {
  expect(await dependencies(join(folder, "program"), false)).toEqual([
    { name: "@pulumi/pulumi", version: "3.1.0" },
    { name: "absent", version: "~1.0.0" },
    { name: "typescript", version: "6.0.3" },
  ]);
});

test("all packages are those that npm installed", async () => {
  expect(await dependencies(join(folder, "program"), true)).toEqual([
    { name: "@pulumi/pulumi", version: "3.1.0" },
    { name: "semver", version: "7.0.0" },
  ]);
});

test("a folder's package is the nearest one above", async () => {
  expect(await packageRoot(join(folder, "program"))).toBe(folder);
  expect(await packageRoot("/")).toBeUndefined();
});
