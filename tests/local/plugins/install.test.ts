import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { installedVersion } from "../../../local/plugins/bundle.ts";
import { install } from "../../../local/plugins/install.ts";

let folder: string;
let home: string;
let binaries: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "install-"));
  home = join(folder, "home");
  binaries = join(folder, "bin");
  await mkdir(binaries);
  await writeFile(join(binaries, "pulumi-resource-kubernetes"), "#!/bin/sh\n");
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test("everything is put where its version says, once, and the second time nothing is done", async () => {
  const put = await install(home, binaries);
  const names = await Promise.all([
    ...["command", "docker", "kubernetes"].map(
      async (name) => `resource-${name}-v${await installedVersion(`@pulumi/${name}`)}`,
    ),
    ...["language-nodejs", "resource-pulumi-nodejs"].map(
      async (name) => `${name}-v${await installedVersion("@pulumi/pulumi")}`,
    ),
  ]);
  expect(put.sort()).toEqual(names.map((name) => join(home, "plugins", name)).sort());
  expect((await readdir(join(home, "plugins"))).sort()).toEqual(names.sort());
  expect(await install(home, binaries)).toEqual([]);
});

test("what others have put there is left alone", async () => {
  const other = join(folder, "other");
  const version = await installedVersion("@pulumi/command");
  const official = join(other, "plugins", `resource-command-v${version}`);
  await mkdir(official, { recursive: true });
  await writeFile(join(official, "pulumi-resource-command"), "official");
  const put = await install(other, binaries);
  expect(put).not.toContain(official);
  expect(await readdir(official)).toEqual(["pulumi-resource-command"]);
});

test("two that install at once both end well", async () => {
  const shared = join(folder, "shared");
  await Promise.all([install(shared, binaries), install(shared, binaries)]);
  expect(await install(shared, binaries)).toEqual([]);
});

test("nothing that is installed names this checkout", async () => {
  const plugins = join(home, "plugins");
  for (const plugin of await readdir(plugins)) {
    for (const file of await readdir(join(plugins, plugin))) {
      const content = await readFile(join(plugins, plugin, file), "utf8");
      expect(content.includes(process.cwd()), `${plugin}/${file}`).toBe(false);
    }
  }
});

test.each([
  ["language-nodejs", "pulumi-language-nodejs", "pulumi"],
  ["resource-command", "pulumi-resource-command", "command"],
  ["resource-docker", "pulumi-resource-docker", "docker"],
])("%s says its port, and ends when the engine is gone", async (plugin, program, npm) => {
  const version = await installedVersion(`@pulumi/${npm}`);
  const path = join(home, "plugins", `${plugin}-v${version}`, program);
  const child = spawn(path, ["127.0.0.1:1"], { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  expect(port.toString()).toMatch(/^\d+\n$/);
  child.stdin.end();
  expect(await once(child, "exit")).toEqual([0, null]);
});
