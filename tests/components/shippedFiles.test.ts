import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { shippedFileWarnings } from "../../components/shippedFiles.ts";

let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), "shipped-"));
});

afterEach(() => {
  rmSync(copy, { recursive: true });
});

function write(path: string, size = 0): void {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), "");
  truncateSync(join(copy, path), size);
}

it("says nothing of sources and small data", () => {
  for (const path of ["pyproject.toml", "x/data.npz", ".env.example", "key.pub", "x/keys.py"]) {
    write(path, 1000);
  }
  expect(shippedFileWarnings(copy, "my/app")).toEqual([]);
});

it.each([
  [".env"],
  ["deploy/.env.production"],
  ["certs/server.key"],
  ["certs/Client.PEM"],
  ["id_ed25519"],
  [".aws/config"],
  ["service-account-prod.json"],
  ["credentials.json"],
  ["secrets.yaml"],
])("names %s, which looks like a secret", (path) => {
  write(path);
  expect(shippedFileWarnings(copy, "my/app")).toEqual([
    `${path} of my/app looks like a secret — all who can pull the image can read it — keep it out: add its name to my/app/.dockerignore`,
  ]);
});

it("names the three largest files of many", () => {
  write("data/a.bin", 3_100_000_000);
  write("data/b.bin", 45_000_000);
  write("c.bin", 30_000_000);
  write("d.bin", 1);
  expect(shippedFileWarnings(copy, "my/app")).toEqual([
    "my/app brings 3.2 GB into the image: data/a.bin (3.1 GB), data/b.bin (45.0 MB), c.bin (30.0 MB) and 1 more — each node pulls all of it — keep out what the app does not read: add names to my/app/.dockerignore",
  ]);
});
