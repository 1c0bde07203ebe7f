import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";

import { command } from "../../local/tools/command.ts";
import { Checkout } from "../../dev/checkout.ts";

const MINUTE = 60_000;

let checkout: Checkout;
let clone: string;

beforeAll(async () => {
  checkout = await Checkout.withoutCluster();
  clone = join(checkout.folder, "clone");
  const as = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
  await git(checkout.sources, "init", "--quiet");
  await git(checkout.sources, "add", "--all");
  await git(checkout.sources, ...as, "commit", "--quiet", "--message", "all");
  await git(checkout.folder, "clone", "--quiet", checkout.sources, clone);
}, 45 * MINUTE);

afterAll(() => checkout.remove());

function git(cwd: string, ...args: string[]): Promise<string> {
  return command("git", args, { cwd, env: checkout.env });
}

function type(program: string, ...args: string[]): Promise<string> {
  return command(program, args, { cwd: clone, env: checkout.env });
}

test("the stack dev of a fresh clone leaves the clone clean and the file's comment there", async () => {
  const file = join(clone, "Pulumi.dev.yaml");
  const comment = (text: string): string[] => text.split("\n").filter((line) => /^#/.test(line));
  const before = await readFile(file, "utf8");
  // `npm ci` ends with this script.
  await type("npm", "run", "prepare");
  await type("pulumi", "stack", "select", "dev", "--create");
  await type("pulumi", "config", "set", "context", "lab", "-s", "dev");
  expect(await git(clone, "status", "--porcelain")).toBe("");
  const after = await readFile(file, "utf8");
  expect(comment(before)).toHaveLength(5);
  expect(comment(after)).toEqual(comment(before));
  expect(parse(after)).toEqual({
    encryptionsalt: expect.stringMatching(/^v1:/) as string,
    config: { "kubeflower:context": "lab" },
  });
  expect(await type("pulumi", "config", "get", "context")).toBe("lab\n");
});
