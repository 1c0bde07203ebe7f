import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { NAMES_ONLY } from "../../components/ignoreRules.ts";
import { SourceCopy } from "../../components/sourceCopy.ts";

let root: string;
let app: string;
let to: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "copied-"));
  app = join(root, "app");
  to = join(root, "to");
  mkdirSync(join(app, "deep"), { recursive: true });
  writeFileSync(join(app, "deep/run.sh"), "run");
  chmodSync(join(app, "deep/run.sh"), 0o755);
  writeFileSync(join(root, "secret"), "secret");
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function copy(from = app): void {
  new SourceCopy(from, NAMES_ONLY, []).to(to);
}

it("copies files and folders, empty ones too", () => {
  mkdirSync(join(app, "empty"));
  copy();
  expect(readdirSync(to, { recursive: true }).sort()).toEqual(["deep", "deep/run.sh", "empty"]);
  expect(readFileSync(join(to, "deep/run.sh"), "utf8")).toBe("run");
});

it("copies what a link inside the app leads to in the link's place", () => {
  symlinkSync("deep/run.sh", join(app, "file"));
  symlinkSync(join(app, "deep"), join(app, "folder"));
  symlinkSync("file", join(app, "twice"));
  copy();
  for (const path of ["file", "folder/run.sh", "twice"]) {
    expect(lstatSync(join(to, path)).isFile(), path).toBe(true);
    expect(readFileSync(join(to, path), "utf8"), path).toBe("run");
  }
  expect(lstatSync(join(to, "folder")).isDirectory()).toBe(true);
  expect(statSync(join(app, "deep/run.sh")).mode & 0o777).toBe(0o755);
});

it("takes a folder that is a link itself", () => {
  symlinkSync(app, join(root, "link"));
  symlinkSync("run.sh", join(app, "deep/again"));
  copy(join(root, "link"));
  expect(readFileSync(join(to, "deep/again"), "utf8")).toBe("run");
});

it("does not look at what caches and virtual environments link to", () => {
  symlinkSync("/nowhere", join(app, ".venv"));
  copy();
  expect(readdirSync(to)).toEqual(["deep"]);
});

it.each([
  ["a file", "secret"],
  ["a folder whose name begins as the app's", "apple"],
  ["the folder above", "."],
])("refuses a link that leads outside, to %s", (_, target) => {
  mkdirSync(join(root, "apple"));
  symlinkSync(join("../..", target), join(app, "deep/out"));
  expect(copy).toThrow(
    `${app}/deep/out is a link to ${join(root, target)}, outside of ${app} — links must stay inside — put a copy in its place, or take it away`,
  );
});

it.each([
  ["to what is not there", "gone"],
  ["to itself", "lost"],
])("refuses a link that leads %s", (_, target) => {
  symlinkSync(target, join(app, "lost"));
  expect(copy).toThrow(
    `${app}/lost is a link to ${target}, which leads nowhere — a link must lead to a file or folder — correct it, or remove it`,
  );
});

it.each([".", "..", "../deep"])("refuses a loop of folders by a link to %s", (target) => {
  symlinkSync(target, join(app, "deep/loop"));
  expect(copy).toThrow(
    `${app}/deep/loop is a link to a folder that it lies in — a link must not lead into a loop — take it away`,
  );
});

it("refuses a loop that goes through two links", () => {
  mkdirSync(join(app, "other"));
  symlinkSync("../other", join(app, "deep/other"));
  symlinkSync("../deep", join(app, "other/deep"));
  expect(copy).toThrow(
    `${app}/deep/other/deep is a link to a folder that it lies in — a link must not lead into a loop — take it away`,
  );
});

it("refuses a FIFO and a link to one, and does not wait for a writer", () => {
  execFileSync("mkfifo", [join(app, "pipe")]);
  const rest = "is a FIFO — only files, folders and links can come into the image — take it away";
  expect(copy).toThrow(`${app}/pipe ${rest}`);
  symlinkSync("pipe", join(app, "a-link"));
  rmSync(to, { recursive: true });
  expect(copy).toThrow(`${app}/a-link ${rest}`);
});

it("refuses a socket", async () => {
  const server = createServer().listen(join(app, "socket"));
  await once(server, "listening");
  try {
    expect(copy).toThrow(
      `${app}/socket is a socket — only files, folders and links can come into the image — take it away`,
    );
  } finally {
    server.close();
  }
});

it.each(["deep/run.sh", "deep"])("refuses %s that cannot be read", (path) => {
  chmodSync(join(app, path), 0o000);
  // Root may read everything: the copy is made as nobody.
  const uid = process.geteuid?.();
  for (const folder of [root, app]) chmodSync(folder, 0o777);
  if (uid === 0) process.seteuid?.(65534);
  try {
    expect(copy).toThrow(
      `${join(app, path)} cannot be read (EACCES) — all of ${join(app, path, "..")} comes into the image — make it readable with \`chmod\`, or take it away`,
    );
  } finally {
    if (uid === 0) process.seteuid?.(0);
    chmodSync(join(app, path), 0o755);
  }
});
