import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { expect, test, vi } from "vitest";

import { goEnvironment, patchModule } from "../../../local/tools/go.ts";

const GIB = 2 ** 30;

test("compilers collect no garbage where a quarter of a core's share of memory is a GiB or more", () => {
  expect(goEnvironment(24 * GIB, 2)).toMatchObject({ GOGC: "off", GOMEMLIMIT: "3072MiB" });
  expect(goEnvironment(8 * GIB, 2)).toMatchObject({ GOGC: "off", GOMEMLIMIT: "1024MiB" });
});

test("compilers collect garbage as usual where memory is short", () => {
  expect(goEnvironment(4 * GIB, 2)).not.toHaveProperty("GOGC");
  expect(goEnvironment(16 * GIB, 16)).not.toHaveProperty("GOMEMLIMIT");
});

test("nothing of the machine gets into a program", () => {
  const { CGO_ENABLED, GOFLAGS, GOWORK } = goEnvironment();
  expect(CGO_ENABLED).toBe("0");
  expect(GOWORK).toBe("off");
  expect(GOFLAGS?.split(" ")).toEqual(expect.arrayContaining(["-trimpath", "-buildvcs=false"]));
});

test("a patched module is a copy with the folder's patch over it, and the folder's go.mod uses it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "go-"));
  try {
    const write = async (path: string, text: string): Promise<void> => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    };
    await write("bin/go", '#!/bin/sh\necho "$*" > calls\n');
    await chmod(join(folder, "bin/go"), 0o755);
    await write("cache/kept.go", "kept");
    await write("cache/changed.go", "theirs");
    await chmod(join(folder, "cache/changed.go"), 0o444);
    await write("work/patch/changed.go", "ours");
    vi.stubEnv("PATH", `${join(folder, "bin")}${delimiter}${process.env.PATH ?? ""}`);
    const work = join(folder, "work");
    await patchModule("example/module", { Version: "v1", Dir: join(folder, "cache") }, work);
    const read = (path: string): Promise<string> => readFile(join(work, path), "utf8");
    expect(await read("module/kept.go")).toBe("kept");
    expect(await read("module/changed.go")).toBe("ours");
    expect((await read("calls")).trim()).toBe("mod edit -replace=example/module=./module");
  } finally {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  }
});
