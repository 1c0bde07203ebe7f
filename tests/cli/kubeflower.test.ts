import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { expect, test } from "vitest";

import { misfits } from "./support/schema.ts";

const VERBS =
  "status follow events logs runs results stop verify diff repeat doctor completion help".split(
    " ",
  );

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs the program in an empty folder, with a kubeconfig that has no context. */
async function kubeflower(...args: string[]): Promise<Ended> {
  const cwd = await mkdtemp(join(tmpdir(), "kubeflower-"));
  const env = { ...process.env, KUBECONFIG: "/nonexistent" };
  const program = ["--import", import.meta.resolve("tsx"), resolve("cli/kubeflower.ts"), ...args];
  return new Promise((done) => {
    execFile(process.execPath, program, { cwd, env, timeout: 20_000 }, (fault, out, error) => {
      done({ code: fault === null ? 0 : Number(fault.code), out, error });
    });
  });
}

test("help lists all verbs", async () => {
  const { code, out } = await kubeflower("--help");
  expect(code).toBe(0);
  expect([...out.matchAll(/^ {2}([a-z]+) [[<]/gm)].map(([, verb]) => verb)).toEqual(VERBS);
});

test("a failure is one sentence on standard error, or the envelope with --json", async () => {
  const [plain, json] = await Promise.all([
    kubeflower("runs", "--context", "nowhere"),
    kubeflower("runs", "--context", "nowhere", "--json"),
  ]);
  expect([plain.code, plain.out]).toEqual([2, ""]);
  expect(plain.error).toMatch(/^context nowhere is not in the kubeconfig — .*\n$/);
  expect([json.code, json.error]).toEqual([2, ""]);
  expect(misfits("error", JSON.parse(json.out))).toEqual([]);
});

test.each([
  [["nothing"]],
  [["status", "--bad"]],
  [["status"]],
  [["logs", "nobody"]],
  [["logs", "client", "x"]],
  [["logs", "--since", "soon"]],
  [["verify"]],
  [["verify", "."]],
])("%j is wrong usage", async (args) => {
  const { code, out } = await kubeflower(...args, "--json");
  expect(code).toBe(64);
  expect(misfits("error", JSON.parse(out))).toEqual([]);
});
