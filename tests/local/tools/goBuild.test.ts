import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { goBuild, type GoProgram } from "../../../local/tools/goBuild.ts";

// Stands in for the go command. Linking "first" waits until "second" compiles.
const GO = `#!/bin/sh
echo "$*" >> "$FOLDER/calls"
case "$1" in
list) printf 'fmt\\nlibrary\\n%s\\n' "$3" ;;
build)
  for target; do :; done
  echo library >&2
  echo "$target" >&2
  [ "$target" = broken ] && { echo "broken.go:1: syntax error" >&2; exit 1; }
  touch "$FOLDER/compiling-$target"
  if [ "$target" = first ]; then
    for try in $(seq 100); do [ -e "$FOLDER/compiling-second" ] && exit 0; sleep 0.1; done
    exit 1
  fi
  ;;
esac
`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "go-build-"));
  await writeFile(join(folder, "go"), GO);
  await chmod(join(folder, "go"), 0o755);
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH ?? ""}`);
  vi.stubEnv("FOLDER", folder);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

function program(target: string): GoProgram {
  return { what: target, folder, target, variables: {}, output: join(folder, "out") };
}

test("the next program is compiled while the one before it is linked", async () => {
  const shares: number[] = [];
  await Promise.all([
    goBuild(program("first"), (share) => shares.push(share)),
    goBuild(program("second"), () => undefined),
  ]);
  // Two of three packages were compiled; the third was cached.
  expect(shares).toEqual([1 / 3, 2 / 3]);
});

test("variables are set by the linker", async () => {
  const variables = { "example/version.Version": "1.2.3" };
  await goBuild({ ...program("third"), variables }, () => undefined);
  const calls = await readFile(join(folder, "calls"), "utf8");
  expect(calls).toContain(
    `build -v -ldflags -s -w -X example/version.Version=1.2.3 -o ${join(folder, "out")} third`,
  );
});

test("a program that does not compile is named with the compiler's words", async () => {
  await expect(goBuild(program("broken"), () => undefined)).rejects.toThrow(
    /`go build .* broken` ended with 1\n[^]*broken\.go:1: syntax error/,
  );
});
