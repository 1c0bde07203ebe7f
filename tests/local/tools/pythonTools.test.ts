import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pythonTools } from "../../../local/tools/pythonTools.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubeflower-"));
  vi.stubEnv("PATH", folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test.each([
  ["is missing", undefined],
  ["is too old", "echo Python 3.9.2"],
  ["has no pip", '[ "$1" = --version ] && echo Python 3.11.7'],
])("a Python that %s is named, with what to do", async (_, script) => {
  if (script !== undefined) {
    await writeFile(join(folder, "python3"), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, "python3"), 0o755);
  }
  await expect(pythonTools()).rejects.toThrow(
    "checkov and syft need Python 3.11 or later with pip, and `python3 -m pip` does not answer as one — install it",
  );
});
