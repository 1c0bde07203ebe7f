import { chmod, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";

import { installDependencies } from "../../../../local/plugins/nodejs/install.ts";
import { parseOptions } from "../../../../local/plugins/nodejs/options.ts";

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "install-")));
  for (const [name, code] of Object.entries({ npm: 0, pnpm: 0, yarn: 7 })) {
    const script = `#!/bin/sh\necho "${name} $@ in $(pwd)"\necho careful >&2\nexit ${code}\n`;
    await writeFile(join(folder, name), script);
    await chmod(join(folder, name), 0o755);
  }
});

afterAll(() => rm(folder, { recursive: true }));

afterEach(() => {
  vi.unstubAllEnvs();
});

async function install(options: Record<string, unknown> = {}): Promise<string[]> {
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
  const said: string[] = [];
  await installDependencies(folder, parseOptions(options), {
    stdout: (bytes) => said.push(`out: ${bytes.toString()}`),
    stderr: (bytes) => said.push(`err: ${bytes.toString()}`),
  });
  return said.sort();
}

test.each([
  ["npm", {}],
  ["pnpm", { packagemanager: "pnpm" }],
])("%s installs in the program's folder, and all it prints is shown", async (name, options) => {
  expect(await install(options)).toEqual(["err: careful\n", `out: ${name} install in ${folder}\n`]);
});

test("an install that fails says how it ended", async () => {
  await expect(install({ packagemanager: "yarn" })).rejects.toThrow(
    `yarn install in ${folder} ended with 7`,
  );
});

test("a package manager that is not there is named", async () => {
  await expect(install({ packagemanager: "nopm" })).rejects.toThrow("spawn nopm ENOENT");
});
