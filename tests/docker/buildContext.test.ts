import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { extract } from "tar-stream";
import { afterEach, beforeEach, expect, test } from "vitest";

import { BuildContext } from "../../docker/buildContext.ts";

let folder: string;
let dockerfile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "context-"));
  dockerfile = join(folder, "Dockerfile");
  await writeFile(dockerfile, "FROM scratch\n");
  await mkdir(join(folder, "sub"));
  await writeFile(join(folder, "a"), "a");
  await writeFile(join(folder, "empty"), "");
  await writeFile(join(folder, "sub/secret.txt"), "hush");
  await writeFile(join(folder, "sub/kept.txt"), "kept");
  await symlink("../a", join(folder, "sub/link"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** The archive's entries: name, and content, link or nothing. */
async function entries(context: BuildContext): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const archive = context.tar().pipe(extract());
  for await (const entry of archive) {
    const { name, linkname } = entry.header;
    const content = await text(entry);
    found[name] = linkname ? `-> ${linkname}` : content;
  }
  return found;
}

test("the archive holds files, links and folders", async () => {
  expect(await entries(new BuildContext(folder, dockerfile))).toEqual({
    Dockerfile: "FROM scratch\n",
    a: "a",
    empty: "",
    sub: "",
    "sub/kept.txt": "kept",
    "sub/link": "-> ../a",
    "sub/secret.txt": "hush",
  });
});

test("what .dockerignore excludes stays out, what it takes back in comes along", async () => {
  await writeFile(join(folder, ".dockerignore"), "# comment\nsub\n!sub/kept.txt\nDockerfile\n");
  expect(Object.keys(await entries(new BuildContext(folder, dockerfile))).sort()).toEqual([
    ".dockerignore",
    "Dockerfile",
    "a",
    "empty",
    "sub/kept.txt",
  ]);
});

test("a Dockerfile outside the context is sent under another name", async () => {
  const context = new BuildContext(join(folder, "sub"), dockerfile);
  expect(context.dockerfile).toMatch(/^\.dockerfile\.[0-9a-f]{20}$/);
  expect((await entries(context))[context.dockerfile]).toBe("FROM scratch\n");
});

test("the digest changes with names, content, permissions and links, and with nothing ignored", async () => {
  const context = new BuildContext(folder, dockerfile);
  await writeFile(join(folder, ".dockerignore"), "**/secret*\n");
  const digests = [await context.digest()];
  const change = async (work: Promise<void>): Promise<void> => {
    await work;
    digests.push(await context.digest());
  };
  await change(chmod(join(folder, "a"), 0o755));
  await change(writeFile(join(folder, "a"), "b"));
  await change(writeFile(join(folder, "new"), ""));
  await change(writeFile(dockerfile, "FROM other\n"));
  expect(new Set(digests).size).toBe(5);
  await change(writeFile(join(folder, "sub/secret.txt"), "other"));
  expect(new Set(digests).size).toBe(5);
});
