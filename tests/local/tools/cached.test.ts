import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

let folder: string;
let module: typeof import("../../../local/tools/cached.ts");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cached-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
  module = await import("../../../local/tools/cached.ts");
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test("of two that want the same thing at once one builds and both get it", async () => {
  let builds = 0;
  const build = async (into: string): Promise<void> => {
    builds++;
    await writeFile(join(into, "result"), "built");
  };
  const [a, b] = await Promise.all([
    module.cached("tool", "k1", build),
    module.cached("tool", "k1", build),
  ]);
  expect(a).toBe(b);
  expect(builds).toBe(1);
  expect(await readFile(join(a, "result"), "utf8")).toBe("built");
});

test("a build that fails leaves nothing that the next one would take for whole", async () => {
  await expect(
    module.cached("tool", "k2", () => Promise.reject(new Error("no compiler"))),
  ).rejects.toThrow("no compiler");
  expect(await readdir(join(folder, "kubeflower"))).not.toContain("tool-k2");
  const again = await module.cached("tool", "k2", (into) => writeFile(join(into, "result"), "2"));
  expect(await readdir(again)).toEqual(["result"]);
});

test("the key changes with a part's content and with where one part ends", async () => {
  const file = join(folder, "source");
  await writeFile(file, "one");
  const key = await module.contentKey([{ file }]);
  expect(await module.contentKey(["one"])).toBe(key);
  expect(await module.contentKey(["o", "ne"])).not.toBe(key);
  await writeFile(file, "two");
  expect(await module.contentKey([{ file }])).not.toBe(key);
});
