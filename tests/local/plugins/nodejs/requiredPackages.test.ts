import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { requiredPackages } from "../../../../local/plugins/nodejs/requiredPackages.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "packages-"));
  const add = async (path: string, manifest: object): Promise<void> => {
    await mkdir(join(folder, "node_modules", path), { recursive: true });
    await writeFile(join(folder, "node_modules", path, "package.json"), JSON.stringify(manifest));
  };
  const resource = { resource: true };
  await add("@pulumi/pulumi", { name: "@pulumi/pulumi", version: "3.1.0" });
  await add("@pulumi/cloud", { name: "@pulumi/cloud", version: "1.2.3", pulumi: resource });
  await add("third", {
    name: "third",
    pulumi: { ...resource, name: "t", version: "v4.0.0", server: "http://s" },
  });
  await add("unnamed", { name: "unnamed", version: "1.0.0", pulumi: resource });
  await add("user", { name: "user" });
  await add("user/node_modules/@pulumi/cloud", {
    name: "@pulumi/cloud",
    version: "0.9.0",
    pulumi: resource,
  });
  await symlink(join(folder, "node_modules"), join(folder, "node_modules/loop"));
  await mkdir(join(folder, "program"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test("the plugins of all installed packages are found, nested ones too and from below", async () => {
  const found = await requiredPackages(join(folder, "program"));
  expect(found.map(({ name, version, server }) => [name, version, server]).sort()).toEqual([
    ["cloud", "v0.9.0", ""],
    ["cloud", "v1.2.3", ""],
    ["t", "v4.0.0", "http://s"],
  ]);
});
